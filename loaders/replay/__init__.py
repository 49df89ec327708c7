"""Replay: an archived loader over archived bytes gives the hashes that the ledger has.

Only the loader runs from the archived code: `records` and `statements`, with what they are given
(`loaders.replay.driver` lists it). Sorting and hashing are today's. So whoever has the archive and
the ledger can see that a version says what its bytes and its mapping make, and nothing else.
"""
