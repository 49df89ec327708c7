"""Moves a BIND to the end of its group, where that cannot change the answer.

`{ A BIND(e AS ?y) B }` means: solve A, compute ?y, join with B (SPARQL 1.1 §18.2.2.6). So the
engine must solve A alone, and cannot begin with a selective pattern of B, or look up B for each row
of A: a second becomes minutes. `{ A B BIND(e AS ?y) }` has the same solutions if

- ?y does not occur anywhere else in the group: not in B, not in a FILTER;
- each variable of `e` is bound in every solution of A. One that only B binds would be unbound for
  `e` where it stands;
- `e` is the same whenever it is computed: no RAND, UUID, STRUUID, BNODE, and no EXISTS;
- no LATERAL, which passes solutions on, stands in the group, and no blank node, which may not
  occur on both sides of a BIND, but may within the pattern that A and B become.

What A binds in every solution, `Outline.bound` says. For the same reasons `{ A BIND(e AS ?y) } B`
and `GRAPH ?g { A BIND(e AS ?y) } B` become `{ A } B BIND(e AS ?y)`: no e depends on the graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from graph.queries.patterns.outline import JOINED, Element, Group, Outline, outline
from graph.queries.property_functions.rewrite import is_valid

_CHANGING = frozenset("EXISTS RAND UUID STRUUID BNODE".split())
_WITH_OWN_ROWS = frozenset(("FILTER", "BIND", "LATERAL"))


def move_binds(text: str, base: str | None = None) -> str:
    """The query with such BINDs at the end of their groups.

    It is unchanged if there are none, or if the engine cannot parse it, so that errors have their
    places. `base`: what relative IRIs are resolved against.
    """
    if "BIND" not in text.upper() or (read := outline(text)) is None:
        return text
    moved = _Mover(read).group(read.pattern)
    whole = text[: read.start(read.pattern)] + moved + text[read.stop(read.pattern) :]
    return whole if whole != text and is_valid(text, base) else text


class _Mover:
    def __init__(self, read: Outline) -> None:
        self._read = read
        self._has_blank_nodes = any(t.text.startswith("_:") for t in read.tokens)
        self._lifted = set[Element]()  # BINDs that stand in a group further out now

    def group(self, group: Group) -> str:
        """The text of a group, with its BINDs moved."""
        gone = self._lifted.intersection(group.elements)
        moved = [] if self._has_blank_nodes else [*self._movable(group, gone)]
        if not moved and not gone:
            inside = (part for e in group.elements for part in self._groups(e))
            return self._with_groups(group, [*group.groups, *inside])
        kept = [e for e in group.elements if e not in moved and e not in gone]
        return f"{{ {' '.join(map(self._element, [*kept, *moved]))} }}"

    def _element(self, element: Element) -> str:
        text = self._with_groups(element, self._groups(element))
        return f"{text} ." if element.kind == "TRIPLES" else text

    def _groups(self, element: Element) -> Sequence[Group]:
        """The groups inside an element whose rows are its own; EXISTS and LATERAL get rows."""
        return () if element.kind in _WITH_OWN_ROWS else element.groups

    def _with_groups(self, part: Group | Element, groups: Sequence[Group]) -> str:
        read = self._read
        pieces, at = [], read.start(part)
        for group in groups:
            pieces += [read.text[at : read.start(group)], self.group(group)]
            at = read.stop(group)
        return "".join((*pieces, read.text[at : read.stop(part)]))

    def _movable(self, group: Group, gone: set[Element]) -> Iterator[Element]:
        """The BINDs of a group, and of groups in it, that go to its end."""
        elements = group.elements
        uses = Counter(self._read.variables(group))
        for i, element in self._constant(elements, uses):
            if element not in gone and any(e.kind in JOINED for e in elements[i + 1 :]):
                yield element
        for inner in self._joined(elements):
            lifted = [element for _, element in self._constant(inner.elements, uses)]
            self._lifted.update(lifted)
            yield from lifted

    def _joined(self, elements: Sequence[Element]) -> Iterator[Group]:
        """The groups among elements that are joined with others."""
        if sum(e.kind in JOINED for e in elements) < 2 or _has_lateral(elements):
            return
        for i, element in enumerate(elements):
            in_union = any(e.kind == "UNION" for e in elements[i + 1 : i + 2])
            if element.kind in ("GROUP", "GRAPH") and not in_union:
                yield from element.groups

    def _constant(
        self, elements: Sequence[Element], uses: Counter[str]
    ) -> Iterator[tuple[int, Element]]:
        """The BINDs whose value is the same wherever they stand behind, and is used by nothing."""
        for i, element in enumerate(() if _has_lateral(elements) else elements):
            if element.kind != "BIND":
                continue
            *used, name = self._read.variables(element)
            constant = not _CHANGING.intersection(self._read.words(element))
            if uses[name] == 1 and constant and {*used} <= self._read.bound(elements[:i]):
                yield i, element


def _has_lateral(elements: Sequence[Element]) -> bool:
    return any(element.kind == "LATERAL" for element in elements)
