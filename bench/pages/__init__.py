"""Pages for people beside Datasette with the same table."""
