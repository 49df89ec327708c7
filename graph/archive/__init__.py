"""The content-addressed archive: blobs named by the SHA-256 of their uncompressed bytes."""

from graph.archive.archive import Archive
from graph.archive.blob import LINES, BlobWriter, SeekableBlob, StoredBlob

__all__ = ["LINES", "Archive", "BlobWriter", "SeekableBlob", "StoredBlob"]
