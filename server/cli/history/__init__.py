"""Commands about what was said before: history, diff, replay."""
