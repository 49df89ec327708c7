"""The content-addressed archive: blobs named by the SHA-256 of their uncompressed bytes."""

from graph.archive.archive import Archive, BlobWriter

__all__ = ["Archive", "BlobWriter"]
