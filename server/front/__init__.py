"""The process that holds the connections: event loop, request parser, limits per client."""
