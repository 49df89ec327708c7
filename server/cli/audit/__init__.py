"""Commands of an auditor: verify everything, write the archive anew."""
