"""Search: words and places of what is published, from an index made with every snapshot."""
