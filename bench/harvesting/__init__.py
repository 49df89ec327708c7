"""Harvests of the catalogue: making its fragments, and sending its pages."""
