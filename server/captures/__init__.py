"""Archived files over HTTP: their records in their tables, the files where they are public."""
