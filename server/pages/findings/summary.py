"""What is shown of a finding in a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask import g

from server.core.context import AppContext
from server.pages.layout.parts_of_names import NamedPart, written_once
from server.pages.layout.writing import Texts, texts_by_language
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow
from server.sparql.labels import Labels, labels
from vocab.namespaces import DCT, SH
from vocab.terms import Object

_LAST = 1 << 30


@dataclass(frozen=True, slots=True)
class FindingSummary:
    """A finding: its page, its sentence, whether it is a warning, its rule, what it is about.

    `parts` are those of a name: the codes of an observation (type, area, year), or one name;
    of a part of a dataset it is the dataset's. `about` are they as they are written.
    `things` are the IRIs of all that it is about.
    """

    iri: str
    href: str
    says: Texts = field(default_factory=dict)
    grave: bool = False
    rule: Texts = field(default_factory=dict)
    rule_iri: str = ""
    parts: tuple[NamedPart, ...] = ()
    things: tuple[str, ...] = ()

    @property
    def about(self) -> list[Texts]:
        """Its parts in the reader's language, those of one name once."""
        return written_once(self.parts, g.language)


def summaries(context: AppContext, iris: Iterable[str]) -> list[FindingSummary]:
    """Findings by IRI, in the given order; those that are none are left out."""
    asked = list(dict.fromkeys(iris))
    if not asked:
        return []
    with internal_queries.joined(queries(asked)):
        said = _by_thing(internal_queries.select(context.pool, "pages/findings/said", asked))
        rows = list(internal_queries.select(context.pool, "pages/findings/about", asked))
    about = _by_thing(rows)
    named = labels(context, _repeated(rows))
    return [
        _summary(iri, context.urls.page(iri), said[iri], _names(about[iri], named), about[iri])
        for iri in asked
        if said[iri]
    ]


def queries(iris: Iterable[str]) -> list[str]:
    """The queries of `summaries`, for `internal_queries.joined`."""
    asked = list(dict.fromkeys(iris))
    of = internal_queries.texts_of
    return [*of("pages/findings/said", asked), *of("pages/findings/about", asked)]


def _by_thing(rows: Iterable[QueryRow]) -> Mapping[str, list[QueryRow]]:
    found = defaultdict[str, list[QueryRow]](list)
    for row in rows:
        found[row["thing"].value].append(row)
    return found


def _repeated(rows: Iterable[QueryRow]) -> list[str]:
    """The dimensions whose codes have a name that another code of the same thing has."""
    said = defaultdict[tuple[Object, ...], set[str]](set)
    for row in rows:
        said[row["thing"], row["about"], row["name"]].add(row["of"].value)
    return sorted(of for same in said.values() if len(same) > 1 for of in same)


def _summary(
    iri: str, href: str, said: list[QueryRow], parts: tuple[NamedPart, ...], about: list[QueryRow]
) -> FindingSummary:
    return FindingSummary(
        iri=iri,
        href=href,
        says=texts_by_language(row.get("comment") for row in said),
        grave=any(row.get("severity") in {SH.Warning, SH.Violation} for row in said),
        rule=texts_by_language(row.get("name") for row in said),
        rule_iri=next((row["rule"].value for row in said if "rule" in row), ""),
        parts=parts,
        things=tuple(sorted({row["about"].value for row in about})),
    )


def _names(rows: list[QueryRow], named: Labels) -> tuple[NamedPart, ...]:
    """The parts of the name of the first thing; the title of the dataset that it is a part of."""
    if whole := texts_by_language(row["name"] for row in rows if row["of"] == DCT.isPartOf):
        return ((whole, {}),)
    first = min((row["about"].value for row in rows), default="")
    parts = defaultdict[tuple[int, str], list[Object]](list)
    for row in rows:
        if row["about"].value == first:
            order = int(row["order"].value) if "order" in row else _LAST
            parts[order, row["of"].value].append(row["name"])
    return tuple((texts_by_language(parts[k]), named.get(k[1], {})) for k in sorted(parts))
