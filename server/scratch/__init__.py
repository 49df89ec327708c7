"""A scratch instance: an in-memory store that every client on this machine may write.

It is for testing clients and conformance: queries and updates at `/sparql`, the Graph Store
Protocol at `/graph-store`, and SPARQL's own default graph. Queries run in the web process without
a time limit or other protection, so it listens on a loopback address only.
"""
