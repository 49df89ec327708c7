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

Labels = dict[str, dict[str, str]]
_PREFIXES = WELL_KNOWN | {"cv": "http://data.europa.eu/m8g/"}


def labels(context: AppContext, iris: Iterable[str]) -> Labels:
    """Labels by IRI and language; of the first IRIs only, if there are too many."""
    requested = list(dict.fromkeys(iris))[: context.settings.labels]
    by_iri: Labels = {}
    for row in internal_queries.select(context.pool, "sparql/labels", requested):
        label = row["label"]
        if isinstance(label, ox.Literal) and label.language:
            by_iri.setdefault(row["thing"].value, {}).setdefault(label.language, label.value)
    for iri in requested:
        if iri in term_labels():
            by_iri[iri] = term_labels()[iri] | by_iri.get(iri, {})
    return by_iri


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
