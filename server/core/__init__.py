"""What the server tells of itself: figures for Prometheus, and a log of queries without people."""
