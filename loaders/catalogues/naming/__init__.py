"""Names for the blank nodes of foreign catalogues; triples are spooled on disk."""
