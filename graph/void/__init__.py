"""VoID: what every public graph holds, in numbers, as a graph that queries can ask.

    tally     the numbers of one graph, and what one subject adds to them
    counting  a whole graph, in two passes over its sorted lines
    distinct  how many different objects there are, within bounded memory
    changing  the numbers after a change, by looking at what the change touched
    writing   the numbers as statements, and back
    renewing  which way is cheapest; called whenever a store is made or patched

The graph `graph/void` is a projection like `graph/provenance`. It does not count itself, except in
the one number of triples of the default graph. Its subjects stand under `{base}void`, and no source
may speak of those.
"""

GRAPH = "void"
