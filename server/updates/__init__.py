"""The way in over HTTP: the Graph Store Protocol and SPARQL Update, by token (docs/writing.md)."""
