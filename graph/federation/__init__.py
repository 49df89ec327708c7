"""SERVICE clauses (SPARQL 1.1 Federated Query), evaluated before the query reaches the engine.

    clauses     finds SERVICE clauses in the tokens of a query
    calling     calls one endpoint, within limits of time, size and address
    solutions   parses its results strictly, and writes them as VALUES
    expanding   replaces the clauses by their solutions

The engine takes no SERVICE handler, and its workers have no network. Off unless the operator lists
endpoints.
"""

from graph.federation.calling import Service
from graph.federation.expanding import Federation

__all__ = ["Federation", "Service"]
