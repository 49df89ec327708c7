"""Answers kept for those who ask the same again."""

from server.cache.response_cache import Results, Wanted

__all__ = ["Results", "Wanted"]
