"""An hour of mixed load, with worker kills and publications in between."""
