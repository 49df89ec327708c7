"""The log over HTTP: its checkpoint, tiles and proofs, and a page of each event."""
