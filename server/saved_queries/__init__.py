"""Saved queries with short URLs: `/q/{short}`."""
