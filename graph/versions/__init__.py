"""Versions of sources: their differences, which of them are published, and their provenance."""
