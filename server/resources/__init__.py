"""Documents of the things in the graph, vocabularies, and the start page."""
