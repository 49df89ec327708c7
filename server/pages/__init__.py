"""Pages for people: one folder a family of pages (docs/pages.md)."""
