"""The page of a dataset: what it is, its table, charts, files, use, quality, versions, citation."""
