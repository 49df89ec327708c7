"""Fetching a source: what is requested, how politely, what came back, and where a run goes on."""
