"""The bytes of captures: as streams, and as files that can be sought."""
