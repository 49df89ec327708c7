"""Harvest reports: what a load of a source changed, rejected and found, for its publisher."""
