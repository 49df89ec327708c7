"""The content-addressed archive: every captured byte under the SHA-256 of its plain form."""

from graph.archive.archive import Archive, Writer

__all__ = ["Archive", "Writer"]
