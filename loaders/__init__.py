"""The way in: one module per source format, and the pipeline that loads them."""
