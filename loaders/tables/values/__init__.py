"""What stands in a cell: text → number, period, missing mark or unit, or a named problem."""
