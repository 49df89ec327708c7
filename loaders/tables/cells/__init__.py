"""Sheets, rows and cells, each with its place, and how a file with tables is to be read."""
