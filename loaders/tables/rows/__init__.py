"""What rows of a table are: groups and rows within them, signatures, totals."""
