"""Serves an N-Triples file with rdflib-endpoint: file, port. Runs in an environment of its own."""

import sys

import uvicorn  # type: ignore[import-not-found]
from rdflib import Graph
from rdflib_endpoint import SparqlEndpoint  # type: ignore[import-not-found]

if __name__ == "__main__":
    path, port = sys.argv[1:]
    graph = Graph()
    graph.parse(path, format="nt")
    uvicorn.run(SparqlEndpoint(graph=graph), host="127.0.0.1", port=int(port), log_level="error")
