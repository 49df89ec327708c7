"""What the catalogue says of a dataset: properties, their forms, its entry and record."""
