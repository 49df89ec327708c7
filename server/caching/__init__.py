"""Answers kept for those who ask the same again."""

from server.caching.results import Results, Wanted

__all__ = ["Results", "Wanted"]
