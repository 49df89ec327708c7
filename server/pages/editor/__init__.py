"""The page at `/sparql`: query editor, results, drawings; and what the editor completes."""
