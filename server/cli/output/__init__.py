"""What the commands print: JSON or lines of text, progress, reports, errors with exit codes."""
