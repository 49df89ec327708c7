"""VoID: statistics of every public graph, in a graph that can be queried.

    counts       the statistics of one graph, and what one subject contributes to them
    full_count   count a whole graph, in two passes over its sorted lines
    distinct     count distinct objects in bounded memory
    delta        the statements that a publication adds or deletes
    incremental  the statistics after a change, from those before it
    graphs       the graphs to be described
    serialize    statistics as statements, and back
    refresh      update the graph in the cheapest way, for every new snapshot

The graph `graph/void` is computed from the others, like `graph/provenance`. It does not count
itself, except in the number of triples of the default graph. Its subjects are IRIs below
`{base}void`; sources may not make statements about these.
"""

GRAPH = "void"
