"""Reading SPARQL text before the engine does: tokens, checks, datasets, prefixes, hints."""
