"""Findings in short, for lists: what each says, by which rule, about what."""
