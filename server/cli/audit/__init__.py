"""Commands of an auditor: verify everything, back up and restore, write the archive anew."""
