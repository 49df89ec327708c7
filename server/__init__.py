"""The way out: HTTP, pages and the command line."""
