"""Tokens, and what each of them allows: writing sources, reading restricted graphs."""
