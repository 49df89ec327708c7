"""Writing over HTTP with a token: Graph Store Protocol and SPARQL Update (docs/writing.md)."""
