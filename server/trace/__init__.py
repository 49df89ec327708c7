"""Traces over HTTP: where a statement comes from."""
