"""Candidate documents held against profiles: `ulzii validate`."""
