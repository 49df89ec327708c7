"""Full-text and spatial search of published statements, with an index built for every snapshot.

query         full-text search of an index; query_parser and normalize read the words
spatial       spatial search of an index; geometry reads WKT and GeoJSON
matching      the same full-text match for one literal, without an index
index         builds and updates the index file, which schema describes
stems         stems of Mongolian words
collation     sort keys for names
"""
