"""What was said before: versions of a source, what changed between two, time lines of things."""
