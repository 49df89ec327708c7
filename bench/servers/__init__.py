"""The servers that are compared: how each is started, and the two that are written here."""
