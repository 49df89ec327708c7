"""Data cubes as tables: their dimensions and codes, a slice of rows and columns, its cells."""
