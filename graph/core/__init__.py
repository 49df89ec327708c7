"""Shared by all other folders: errors, IRIs, instance directories and settings, progress."""
