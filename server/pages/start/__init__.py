"""The start page: search, map, what is new, findings, and for whom this is."""
