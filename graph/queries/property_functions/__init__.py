"""Property functions (`text:query`, `spatial:nearby`): parsing, evaluation, rewriting to VALUES.

registry          the functions by IRI, and the meaning of the names in a query
triple_patterns   finds the calls in a query, with group_parser and term_parser below it
evaluate          evaluates calls with the search index of a snapshot
rewrite           replaces the calls by VALUES blocks
text_search       text:query
spatial_search    spatial:nearby, spatial:withinBox …
"""
