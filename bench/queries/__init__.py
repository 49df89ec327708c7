"""Queries: rates and times over HTTP, beside other servers; the search index beside filters."""
