"""From the rows of a described table to records and their statements."""
