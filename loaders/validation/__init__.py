"""Documents to be validated against profiles by `ulzii validate`."""
