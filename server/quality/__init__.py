"""Scores of metadata as pages show them: points, what is missing, how to mend it, history."""
