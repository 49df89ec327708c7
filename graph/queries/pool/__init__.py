"""Worker processes that run untrusted queries, and how web processes reach them."""
