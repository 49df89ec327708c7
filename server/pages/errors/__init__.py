"""Pages that say what went wrong, and where to go on."""
