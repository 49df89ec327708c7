"""Versions of a source: what changed, what is published, and their PROV description."""
