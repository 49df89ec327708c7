"""SERVICE (SPARQL 1.1 Federated Query), executed before the engine sees the query.

    clauses     finds SERVICE clauses in a query's tokens
    calling     asks one endpoint, within limits of time, size and address
    solutions   reads what it answers, strictly, and writes it as VALUES
    expanding   puts the solutions in the clauses' place

The engine can be given no handler, and its workers have no network. Off unless the operator names
the endpoints.
"""

from graph.federation.calling import Service
from graph.federation.expanding import Federation

__all__ = ["Federation", "Service"]
