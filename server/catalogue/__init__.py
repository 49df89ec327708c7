"""The catalogue over HTTP: pages for harvesters, of the current snapshot and of kept ones."""
