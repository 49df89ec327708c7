"""Tracing: from a statement to the record in the archived bytes it was made from."""
