"""Caches of responses to queries, and permanent URLs of answers."""

from server.cache.response_cache import CacheMiss, ResponseCache

__all__ = ["CacheMiss", "ResponseCache"]
