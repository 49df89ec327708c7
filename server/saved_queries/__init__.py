"""Saved queries with short addresses: `/q/{short}`."""
