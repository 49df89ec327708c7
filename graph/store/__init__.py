"""The quad store behind one small door."""
