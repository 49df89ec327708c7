"""Labels of IRIs, for pages: those of the graph, else ours for terms of foreign vocabularies."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import pyoxigraph as ox

from graph.queries.syntax.prefixes import WELL_KNOWN
from server.core.context import AppContext
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow

Labels = dict[str, dict[str, str]]
_PREFIXES = WELL_KNOWN | {"cv": "http://data.europa.eu/m8g/"}


def labels(context: AppContext, iris: Iterable[str]) -> Labels:
    """Labels by IRI and language; of the first IRIs only, if there are too many."""
    requested = _requested(context, iris)
    found = labels_in(internal_queries.select(context.pool, "sparql/labels", requested))
    return with_terms(found, requested)


def labels_query(context: AppContext, iris: Iterable[str]) -> list[str]:
    """The query of `labels`, for `internal_queries.joined`."""
    return internal_queries.texts_of("sparql/labels", _requested(context, iris))


def _requested(context: AppContext, iris: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(iris))[: context.settings.labels]


def labels_in(rows: Iterable[QueryRow]) -> Labels:
    """Labels by IRI and language, from rows of things with one label each."""
    by_iri: Labels = {}
    for row in rows:
        label = row["label"]
        if isinstance(label, ox.Literal) and label.language:
            by_iri.setdefault(row["thing"].value, {}).setdefault(label.language, label.value)
    return by_iri


def with_terms(found: Labels, iris: Iterable[str]) -> Labels:
    """Labels with those that we have of terms of foreign vocabularies."""
    ours = term_labels()
    return found | {iri: ours[iri] | found.get(iri, {}) for iri in iris if iri in ours}


@cache
def term_labels() -> Labels:
    """Labels of terms of foreign vocabularies, whose own are not in Mongolian (`terms.tsv`)."""
    text = (files("server.texts") / "terms.tsv").read_text("utf-8")
    return {
        _iri(row["term"]): {"mn": row["mn"], "en": row["en"]}
        for row in csv.DictReader(text.splitlines(), delimiter="\t")
    }


def _iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return _PREFIXES[prefix] + local
