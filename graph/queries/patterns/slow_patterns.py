"""What in a query may have made it slow, for the hint of a query that ran out of time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from graph.queries.patterns.outline import JOINED, Element, Group, Outline, outline
from graph.queries.syntax.bilingual import Bilingual

_REPEATED = re.compile(r"(?<!\\)[*+]")  # a step of a path; in a name they are escaped


def slow_patterns(text: str) -> Iterator[Bilingual]:
    """A sentence for each kind of pattern in a query that may take long, with its variables.

    Nothing is claimed of a query that cannot be parsed.
    """
    read = outline(text)
    if read is None:
        return
    groups = [_parts(read, group) for group in _groups(read.pattern)]
    for kind in _KINDS:
        yield from islice((hint for parts in groups for hint in kind(parts)), 1)


def _groups(group: Group) -> Iterator[Group]:
    yield group
    for inner in (*group.groups, *(g for element in group.elements for g in element.groups)):
        yield from _groups(inner)


_Parts = Sequence[tuple[Element, set[str]]]
"""The elements of a group, each with its variables."""


def _parts(read: Outline, group: Group) -> _Parts:
    return [(element, {*read.variables(element)}) for element in group.elements]


def _unconnected(parts: _Parts) -> Iterator[Bilingual]:
    """Patterns that share no variable: each row of one with each of the other."""
    connected: list[set[str]] = []
    for element, names in parts:
        if names and element.kind != "FILTER":
            touching = [part for part in connected if part & names]
            connected = [part for part in connected if not part & names]
            connected.append(names.union(*touching))
    joined = {name for element, names in parts if element.kind in JOINED for name in names}
    ends = [min(part & joined) for part in connected if part & joined]
    if len(ends) > 1:
        one, two, *_ = ends
        yield Bilingual(
            mn=f"?{one}-тай болон ?{two}-тай хэв хооронд нийтлэг хувьсагч алга: нэгийнх нь мөр "
            "бүрийг нөгөөгийн мөр бүртэй хослуулна.",
            en=f"No variable connects the patterns with ?{one} and those with ?{two}: each row of "
            "one is combined with each row of the other.",
        )


def _too_early(parts: _Parts) -> Iterator[Bilingual]:
    """BIND and OPTIONAL before the patterns that bind their variables."""
    before = set[str]()
    for i, (element, names) in enumerate(parts):
        later = {n for after, own in parts[i + 1 :] if after.kind in JOINED for n in own}
        waiting = (names & later) - before
        if element.kind in ("BIND", "OPTIONAL") and waiting:
            name = min(waiting)
            yield Bilingual(
                mn=f"{element.kind} нь ?{name}-г олох хэвийн өмнө байна: ардаа нь бичнэ үү.",
                en=f"{element.kind} stands before the pattern that binds ?{name}: "
                "write it behind that.",
            )
        elif element.kind == "OPTIONAL" and later:
            yield Bilingual(
                mn="OPTIONAL нь бусад хэвийн өмнө байна: тэдний ард бичнэ үү.",
                en="OPTIONAL stands before other patterns: write it behind them.",
            )
        before |= names


def _open_paths(parts: _Parts) -> Iterator[Bilingual]:
    """Paths of any length with both ends open."""
    for element, _ in parts:
        for triple in element.triples:
            ends = {triple.subject, triple.object}
            elsewhere = {
                name
                for other, names in parts
                if other is not element and other.kind != "FILTER"
                for name in names
            }
            alone = all(end[0] in "?$" and end[1:] not in elsewhere for end in ends)
            if alone and len(element.triples) == 1 and _REPEATED.search(triple.verb):
                path, one, two = triple.verb, triple.subject, triple.object
                yield Bilingual(
                    mn=f"{one}-аас {two} хүртэлх {path} замын хоёр үзүүр хоёулаа нээлттэй: аль "
                    "нэгийг нь заана уу.",
                    en=f"The path {path} from {one} to {two} is open at both ends: "
                    "name one of them.",
                )


_KINDS: tuple[Callable[[_Parts], Iterator[Bilingual]], ...] = (
    _unconnected,
    _too_early,
    _open_paths,
)
