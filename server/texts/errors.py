"""Texts of pages that say what went wrong."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {}
