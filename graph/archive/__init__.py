"""The content-addressed archive: every captured byte under the SHA-256 of its plain form."""
