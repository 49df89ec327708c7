"""Validation behind the prefilter, beside pySHACL alone: time, and equality of results."""
