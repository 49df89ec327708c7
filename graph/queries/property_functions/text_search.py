"""`text:query`: full text in a query, in the form that users of Apache Jena know.

?thing text:query "завхан аймаг"
(?thing ?score ?literal ?graph ?property) text:query (rdfs:label "завхан*" 20 "lang:mn")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pyoxigraph as ox

from graph.queries.property_functions.calls import (
    ArgumentValue,
    FunctionCall,
    InvalidCall,
    PropertyFunction,
    SolutionRow,
)
from graph.search.properties import SEARCHED
from graph.search.query import MAX_HITS, Hit, SearchIndex, SearchScope
from vocab.namespaces import XSD

_FORM_HINT = (
    '(rdfs:label "аймаг" 20 "lang:mn") гэж бичнэ үү; бичвэрээс бусдыг орхиж болно.',
    'Write (rdfs:label "аймаг" 20 "lang:mn"); all but the text may be left out.',
)
_INDEXED_HINT = (
    "Нэр, гарчиг, түлхүүр үг, тайлбар индекст ордог: rdfs:label, skos:prefLabel, dct:title,"
    " dct:description гэх мэт.",
    "Names, titles, keywords and descriptions are, such as those of rdfs:label, skos:prefLabel,"
    " dct:title and dct:description.",
)
_INDEXED_PROPERTIES = frozenset(SEARCHED)
_LANGUAGE_TAG = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(slots=True)
class _Arguments:
    """Properties, the text, then a limit and a language in any order."""

    properties: list[str] = field(default_factory=list)
    text: str | None = None
    limit: int | None = None
    language: str = ""


def _evaluate(index: SearchIndex, question: FunctionCall) -> Iterator[SolutionRow]:
    asked = _parse(question.arguments)
    scope = SearchScope(
        properties=tuple(asked.properties),
        language=asked.language,
        graphs=question.graphs,
        subject=question.thing,
        per=_hit_unit(question.wanted),
        by_graph=question.by_graph,
    )
    assert asked.text is not None
    return map(_row, index.find(asked.text, scope, asked.limit))


def _hit_unit(wanted: frozenset[str]) -> Literal["literal", "property", "thing"]:
    """What is counted as one hit: no more than the columns can tell apart."""
    if "literal" in wanted:
        return "literal"
    return "property" if "property" in wanted else "thing"


def _parse(arguments: tuple[ArgumentValue, ...]) -> _Arguments:
    found = _Arguments()
    for value in arguments:
        if isinstance(value, ox.NamedNode):
            _parse_property(found, value.value)
        elif value.datatype == XSD.integer:
            found.limit = parse_limit(value.value)
        elif found.text is None:
            found.text = value.value
        elif value.value.startswith("lang:"):
            found.language = _parse_language(value.value.removeprefix("lang:").strip())
        else:
            said = (
                f"бичвэрийн ард байгаа “{value.value}” ойлгогдсонгүй",
                f"“{value.value}” is not understood behind the text",
            )
            raise InvalidCall(said, _FORM_HINT)
    if found.text is None:
        raise InvalidCall(("хайх бичвэр алга", "there is no text to search for"), _FORM_HINT)
    return found


def _parse_property(found: _Arguments, iri: str) -> None:
    if found.text is not None:
        said = (
            f"<{iri}> шинж бичвэрийн ард байна",
            f"the property <{iri}> stands behind the text",
        )
        raise InvalidCall(said, _FORM_HINT)
    if iri not in _INDEXED_PROPERTIES:
        said = f"<{iri}> шинжийн утга индекст ороогүй", f"the values of <{iri}> are not indexed"
        raise InvalidCall(said, _INDEXED_HINT)
    found.properties.append(iri)


def _parse_language(tag: str) -> str:
    if not _LANGUAGE_TAG.fullmatch(tag):
        raise InvalidCall((f"“{tag}” хэлний тэмдэг биш", f"“{tag}” is no language tag"), _FORM_HINT)
    return tag


def parse_limit(text: str) -> int:
    """How many hits are wanted at most.

    Raises Misused for what is no number of hits.
    """
    limit = int(text)
    if not 0 < limit <= MAX_HITS:
        raise InvalidCall(
            (
                f"{limit} гэсэн хязгаар 1-ээс {MAX_HITS:,} хүртэл биш байна",
                f"the limit {limit} is not between 1 and {MAX_HITS:,}",
            )
        )
    return limit


def _row(hit: Hit) -> SolutionRow:
    row: SolutionRow = {
        "thing": ox.NamedNode(hit.iri),
        "score": ox.Literal(str(hit.score), datatype=XSD.float),
        "literal": _literal(hit),
        "property": ox.NamedNode(hit.property),
    }
    if hit.graph:
        row["graph"] = ox.NamedNode(hit.graph)
    return row


def _literal(hit: Hit) -> ox.Literal:
    if hit.language:
        return ox.Literal(hit.value, language=hit.language)
    return ox.Literal(hit.value, datatype=ox.NamedNode(hit.datatype) if hit.datatype else None)


QUERY = PropertyFunction(("thing", "score", "literal", "graph", "property"), _evaluate)
