"""What the description of a table says: its file, its columns, and what it becomes."""
