"""Documents of the resources in the graph, vocabularies, and the start page."""
