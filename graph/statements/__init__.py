"""Statements as canonical N-Triples lines: sorting, hashing, origins, patches."""
