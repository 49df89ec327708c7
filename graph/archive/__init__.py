"""The content-addressed archive: every captured byte under the SHA-256 of its plain form."""

from graph.archive.archive import Archive, BlobWriter

__all__ = ["Archive", "BlobWriter"]
