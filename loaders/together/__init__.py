"""Several sources loaded one after the other, and published in one snapshot."""
