"""What all parts of the server use: context, settings, metrics, and the query log."""
