"""Engines behind the query interface: embedded Oxigraph, and any SPARQL endpoint."""
