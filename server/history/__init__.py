"""`/history` and `/diff`: versions, time lines, and what changed, as pages, JSON and RDF."""
