"""Statements: canonical lines, sorted, hashed, mapped to their origins, compared."""
