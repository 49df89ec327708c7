"""SPARQL text before the engine: tokens, checks, datasets, prefixes, error hints."""
