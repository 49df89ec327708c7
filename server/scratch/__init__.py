"""A scratch instance: a store in memory that anybody on this machine may write.

For testing: the raw protocol of the standards (queries and updates at `/sparql`, the Graph Store
Protocol at `/graph-store`), the bare SPARQL default graph, and nothing of the published side's
protection. Queries run in the one serving process, without deadline; so it answers on a loopback
address alone.
"""
