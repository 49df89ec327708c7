"""One load: capture, map, validate, compare, publish."""
