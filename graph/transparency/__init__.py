"""The log for others: its tree, tiles and proofs, witnesses, and evidence checked offline."""
