"""What the checks of all levels share: a problem, and the archive without damaged blobs."""
