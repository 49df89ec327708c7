"""Types of RDF terms, as pyoxigraph has them: one name for each union, for the whole project."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

Node = ox.NamedNode | ox.BlankNode
"""A resource: what a statement can be about."""

Object = ox.NamedNode | ox.Literal
"""The object of a stored statement: loaders replace blank nodes by IRIs (skolemisation)."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
"""Any term of RDF 1.2, triple terms included."""

Triples = Iterator[ox.Triple]
"""Triples, made one at a time as they are consumed."""
