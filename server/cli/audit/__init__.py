"""Commands about the archive: writing it anew."""
