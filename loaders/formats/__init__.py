"""Readers for syntaxes and protocols that any agency may use, and the mapping tables' machinery."""
