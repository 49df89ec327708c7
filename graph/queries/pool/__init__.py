"""Worker processes that run strangers' queries, and how web processes reach them."""
