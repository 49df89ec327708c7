"""What a query and its answer are: records, limits and result formats."""
