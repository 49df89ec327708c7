"""Writes a join of whole predicates as a join of subselects, which the engine joins by hash.

For `{ ?o :value ?v ; :area ?a }` the engine looks up the second triple for each row of the first,
which takes about ten times as long as reading it in order. If the patterns are subselects, it
reads each once and joins them by hash: half to a third of the time where nearly all rows match,
and many times as long where few do. So this is done only where the statistics of the snapshot
prove that many do:

- the pattern is nothing but triples with variables as subject and object, or `a` and a class, and
  BINDs behind them; the query reads the default graph, and needs all rows;
- there are two of them, the larger at most `_MOST_UNEQUAL` times the smaller: even a look-up for
  each row of the smaller one is slower;
- or all have one subject, and nearly all things of a class have all these properties. With N
  things of which n1, n2, … have the properties, at least N - (N - n1) - (N - n2) - … have all.

The smallest is written first, because the engine keeps the first in memory; so the others are
limited to `_MOST_KEPT` rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

import pyoxigraph as ox

from graph.core.errors import QuerySyntaxError
from graph.queries.patterns.outline import Outline, WrittenTriple, outline
from graph.queries.property_functions.rewrite import is_valid
from graph.queries.syntax import checks
from graph.queries.syntax.dataset import resolve_iris
from graph.queries.syntax.tokens import tokenize
from graph.void.counts import Partition, VoidMeasure, of_class, of_property
from graph.void.serialize import partition_iri
from vocab.namespaces import RDF, VOID

_FEWEST = 1000  # rows of each pattern; below, the difference is not worth a look
_MOST_UNEQUAL = 4  # a look-up takes at least so many times as long as a row of a hash join
_MOST_KEPT = 500_000  # rows, of at most some 700 bytes, in a worker of 1 GiB
_MOST_CLASSES = 100  # that are asked for the proof
# One group that begins with a variable and holds no other group and no string: most look-ups begin
# with a resource, or have a literal, and are not parsed.
_FORM = re.compile(
    r"""[^{]*\bSELECT\b [^{"'<]* \{ \s*[?$][^{}"']* \} (?P<modifiers>[^{}"']*)""",
    re.VERBOSE | re.IGNORECASE,
)
_NEEDS_ALL_ROWS = re.compile(r"\b(?:GROUP|ORDER)\s+BY\b", re.IGNORECASE)
_MAY_STOP = re.compile(r"\b(?:LIMIT|OFFSET)\b", re.IGNORECASE)
_NAMES, _SIGNS = frozenset(("variable", "iri", "name")), frozenset("a;,.")
_CLASS_PART = re.compile(r"(class-\w+)-property-\w+")


@dataclass(frozen=True, slots=True)
class WholePattern:
    """A triple pattern with a variable as subject, and a variable or a class as object.

    `part` is the partition of its statements, `variables` are those of the pattern, subject first.
    """

    text: str
    part: Partition
    variables: tuple[str, ...]

    @property
    def subselect(self) -> str:
        """The pattern as a subselect."""
        return f"{{ SELECT {' '.join(self.variables)} {{ {self.text} }} }}"


def hash_joins(text: str, base: str | None, store: ox.Store, void: str) -> str:
    """The query with subselects for its triples where that is proven to gain.

    `void` is the IRI of the description of all data in the store (empty: there is none); `base` is
    what relative IRIs are resolved against.
    """
    match = _FORM.fullmatch(text) if void else None
    if match is None or _may_stop(match["modifiers"]) or (read := outline(text)) is None:
        return text
    patterns = _patterns(read, base)
    ordered = _Counts(store, void).by_rows(patterns) if len(patterns) > 1 else []
    if not ordered or not is_valid(text, base):
        return text
    joined = " ".join(pattern.subselect for pattern in ordered)
    *_, last = (e for e in read.pattern.elements if e.kind == "TRIPLES")
    return f"{text[: read.start(read.pattern)]}{{ {joined} {text[read.stop(last) :].lstrip(' .')}"


def _may_stop(modifiers: str) -> bool:
    """Whether the engine may stop before it has found all rows."""
    return bool(_MAY_STOP.search(modifiers)) and not _NEEDS_ALL_ROWS.search(modifiers)


def _patterns(read: Outline, base: str | None) -> list[WholePattern]:
    """The patterns; none if there is anything else than such triples and BINDs behind them."""
    kinds = [element.kind for element in read.pattern.elements]
    triples = [triple for element in read.pattern.elements for triple in element.triples]
    before = read.tokens[: read.pattern.first]
    tokens = (
        token
        for element in read.pattern.elements
        for token in read.tokens[element.first : element.end]
        if element.kind == "TRIPLES"
    )
    if (
        any(token.kind not in _NAMES and token.text not in _SIGNS for token in tokens)
        or kinds != sorted(kinds, reverse=True)
        or {*kinds} - {"TRIPLES", "BIND"}
        or any(token.text.upper() == "FROM" for token in before)
    ):
        return []
    prologue = checks.prologue(read.text)
    try:
        patterns = [_pattern(triple, prologue, base) for triple in triples]
    except QuerySyntaxError:
        return []
    return [p for p in patterns if p] if all(patterns) else []


def _pattern(triple: WrittenTriple, prologue: str, base: str | None) -> WholePattern | None:
    """Raises QuerySyntaxError for a name that cannot be resolved."""
    about, verb, value = triple.subject, triple.verb, triple.object
    is_class, text = verb == "a" and value[0] not in "?$", f"{about} {verb} {value}"
    if about[0] not in "?$" or (value[0] not in "?$" and not is_class) or about[1:] == value[1:]:
        return None
    name = value if is_class else str(RDF.type) if verb == "a" else verb
    if [token.kind for token in tokenize(name)] not in (["iri"], ["name"]):
        return None
    nodes = resolve_iris((name,), prologue, base)
    if not nodes:  # a literal or a blank node
        return None
    part = of_class(nodes[0].value) if is_class else of_property(nodes[0].value)
    return WholePattern(text, part, (about,) if is_class else (about, value))


class _Counts:
    """The numbers of rows, from the statistics in the store."""

    def __init__(self, store: ox.Store, void: str) -> None:
        self._store, self._void = store, void

    def by_rows(self, patterns: Sequence[WholePattern]) -> list[WholePattern]:
        """The patterns, those with the fewest rows first; none where no gain is proven."""
        rows = {pattern: self._rows(pattern) for pattern in patterns}
        ordered = sorted(patterns, key=lambda pattern: rows[pattern])
        numbers = [rows[pattern] for pattern in ordered]
        if numbers[0] < _FEWEST or sum(numbers[:-1]) > _MOST_KEPT:
            return []
        looked_up = self._looked_up(ordered, numbers)
        return ordered if max(numbers) <= _MOST_UNEQUAL * looked_up else []

    def _looked_up(self, patterns: Sequence[WholePattern], numbers: Sequence[int]) -> int:
        """The rows for which the engine would look up each of the other patterns, at least."""
        names = Counter(name[1:] for pattern in patterns for name in pattern.variables)
        if len(patterns) == 2:
            return numbers[0] if max(names.values()) > 1 else 0
        subjects = {pattern.variables[0][1:] for pattern in patterns}
        if len(subjects) > 1 or len(names) != 1 + sum(len(p.variables) - 1 for p in patterns):
            return 0
        return max(map(partial(self._with_all, patterns), self._classes(patterns)), default=0)

    def _rows(self, pattern: WholePattern) -> int:
        return self._number(pattern.part, "triples" if len(pattern.variables) > 1 else "entities")

    def _classes(self, patterns: Sequence[WholePattern]) -> Iterator[str]:
        """Classes whose things may have all these properties, by the first part of the fragment."""
        stated = {self._fragment(p.part) for p in patterns if len(p.variables) == 1}
        if stated:
            yield from stated if len(stated) == 1 else ()
            return
        found = self._store.quads_for_pattern(
            None, VOID.property, ox.NamedNode(patterns[0].part[0][1]), None
        )
        for quad in islice(found, _MOST_CLASSES):
            node, _, fragment = str(quad.subject)[1:-1].partition("#")
            if node == self._void and (match := _CLASS_PART.fullmatch(fragment)):
                yield match[1]

    def _with_all(self, patterns: Sequence[WholePattern], class_: str) -> int:
        """The things of a class that have all properties, at least."""
        things = self._at(class_, "entities")
        properties = [p.part for p in patterns if len(p.variables) > 1]
        parts = (f"{class_}-{self._fragment(part)}" for part in properties)
        return things - sum(things - self._at(part, "distinctSubjects") for part in parts)

    def _fragment(self, part: Partition) -> str:
        return partition_iri("", part)[1:]

    def _number(self, part: Partition, measure: VoidMeasure) -> int:
        return self._at(self._fragment(part), measure)

    def _at(self, fragment: str, measure: VoidMeasure) -> int:
        node = ox.NamedNode(f"{self._void}#{fragment}")
        quads = self._store.quads_for_pattern(node, VOID[measure], None, None)
        return max((int(quad.object.value) for quad in quads), default=0)  # type: ignore[union-attr]
