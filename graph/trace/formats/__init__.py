"""A trace as text, JSON and RDF."""
