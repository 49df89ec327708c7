"""Findings that loaders report: their kinds as rules, and their form in the findings layer."""
