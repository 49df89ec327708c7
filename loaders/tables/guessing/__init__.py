"""A description guessed from a file, with the reason for each guess."""
