"""Records of described tables as people read them: the row under its heads, the cell marked.

For traces and pages of captures (`graph.trace.records`), which take `read_record` from above.
"""

from loaders.tables.showing.record import read_record

__all__ = ["read_record"]
