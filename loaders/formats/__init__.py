"""Readers for syntaxes and protocols that any agency may use, and mapping tables for records."""
