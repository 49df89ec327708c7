"""`text:query`: full-text search in a query, with the arguments of Apache Jena's jena-text.

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
from graph.queries.syntax.bilingual import Bilingual
from graph.search.properties import SEARCHED
from graph.search.query import MAX_HITS, Hit, SearchIndex, SearchScope
from vocab.namespaces import XSD

_FORM_HINT = Bilingual(
    mn='(rdfs:label "аймаг" 20 "lang:mn") гэж бичнэ үү; бичвэрээс бусдыг орхиж болно.',
    en='Write (rdfs:label "аймаг" 20 "lang:mn"); everything except the text is optional.',
)
_INDEXED_HINT = Bilingual(
    mn="Нэр, гарчиг, түлхүүр үг, тайлбар индекст ордог: rdfs:label, skos:prefLabel, dct:title,"
    " dct:description гэх мэт.",
    en="Names, titles, keywords and descriptions are indexed, such as the values of rdfs:label,"
    " skos:prefLabel, dct:title and dct:description.",
)
_INDEXED_PROPERTIES = frozenset(SEARCHED)
_LANGUAGE_TAG = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(slots=True)
class _Arguments:
    """Properties, the text, then a limit and a language in either order."""

    properties: list[str] = field(default_factory=list)
    text: str | None = None
    limit: int | None = None
    language: str = ""


def _evaluate(index: SearchIndex, call: FunctionCall) -> Iterator[SolutionRow]:
    arguments = _parse(call.arguments)
    scope = SearchScope(
        properties=tuple(arguments.properties),
        language=arguments.language,
        graphs=call.graphs,
        subject=call.subject,
        per=_hit_unit(call.columns),
        by_graph=call.by_graph,
    )
    assert arguments.text is not None
    return map(_row, index.find(arguments.text, scope, arguments.limit))


def _hit_unit(columns: frozenset[str]) -> Literal["literal", "property", "thing"]:
    """What counts as one hit; hits that the columns cannot distinguish are one."""
    if "literal" in columns:
        return "literal"
    return "property" if "property" in columns else "thing"


def _parse(values: tuple[ArgumentValue, ...]) -> _Arguments:
    arguments = _Arguments()
    for value in values:
        if isinstance(value, ox.NamedNode):
            _parse_property(arguments, value.value)
        elif value.datatype == XSD.integer:
            arguments.limit = parse_limit(value.value)
        elif arguments.text is None:
            arguments.text = value.value
        elif value.value.startswith("lang:"):
            arguments.language = _parse_language(value.value.removeprefix("lang:").strip())
        else:
            message = Bilingual(
                mn=f"бичвэрийн араас бичсэн “{value.value}” нь хязгаар ч, хэл ч биш",
                en=f"“{value.value}” after the text is neither a limit nor a language",
            )
            raise InvalidCall(message, _FORM_HINT)
    if arguments.text is None:
        message = Bilingual(mn="хайх бичвэр алга", en="there is no text to search for")
        raise InvalidCall(message, _FORM_HINT)
    return arguments


def _parse_property(arguments: _Arguments, iri: str) -> None:
    if arguments.text is not None:
        message = Bilingual(
            mn=f"<{iri}> шинжийг бичвэрийн өмнө бичнэ",
            en=f"the property <{iri}> must come before the text",
        )
        raise InvalidCall(message, _FORM_HINT)
    if iri not in _INDEXED_PROPERTIES:
        message = Bilingual(
            mn=f"<{iri}> шинжийн утга хайлтын индекст ордоггүй",
            en=f"the values of <{iri}> are not in the search index",
        )
        raise InvalidCall(message, _INDEXED_HINT)
    arguments.properties.append(iri)


def _parse_language(tag: str) -> str:
    if not _LANGUAGE_TAG.fullmatch(tag):
        message = Bilingual(mn=f"“{tag}” хэлний код биш", en=f"“{tag}” is not a language tag")
        raise InvalidCall(message, _FORM_HINT)
    return tag


def parse_limit(text: str) -> int:
    """The maximum number of hits. Raises InvalidCall for a number out of range."""
    limit = int(text)
    if not 0 < limit <= MAX_HITS:
        raise InvalidCall(
            Bilingual(
                mn=f"хязгаар 1-ээс {MAX_HITS:,} хүртэл байх ёстой, {limit} биш",
                en=f"the limit must be between 1 and {MAX_HITS:,}, not {limit}",
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
