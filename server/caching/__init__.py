"""Answers kept for those who ask the same again."""

from server.caching.results import Results

__all__ = ["Results"]
