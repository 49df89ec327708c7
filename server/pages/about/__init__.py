"""Pages about the service itself: what it is, help, publishing, contributing, contact."""
