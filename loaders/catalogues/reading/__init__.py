"""Bytes of any RDF syntax, JSON form or envelope → triples with their places."""
