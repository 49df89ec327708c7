"""Calls to other machines: which numbers may be called, and an end to every call."""
