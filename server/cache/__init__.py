"""Answers kept for those who ask the same again."""

from server.cache.response_cache import CacheMiss, ResponseCache

__all__ = ["CacheMiss", "ResponseCache"]
