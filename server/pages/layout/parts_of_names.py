"""Names made of parts, as that of a figure is of its codes: equal parts are written once."""

from __future__ import annotations

from collections.abc import Iterable

from server.http.language import LANGUAGES
from server.pages.layout.writing import Texts

NamedPart = tuple[Texts, Texts]
"""The name of a part, and of what it is a value: the dimension of a code."""


def written_once(parts: Iterable[NamedPart], language: str) -> list[Texts]:
    """The parts for readers of a language. Those of one name are one, which says of what it is the
    value: “Total (type of livestock, aimag)”, never “Total, Total”."""
    same: dict[tuple[str, str], list[NamedPart]] = {}
    for name, of in parts:
        same.setdefault(_in(name, language), []).append((name, of))
    return [_one(tag, text, found) for (tag, text), found in same.items()]


def _one(tag: str, text: str, found: list[NamedPart]) -> Texts:
    if len(found) == 1:
        return found[0][0]
    of = list(dict.fromkeys(of[tag] for _, of in found if of.get(tag)))
    return {tag: f"{text} ({', '.join(of)})" if len(of) == len(found) else text}


def _in(names: Texts, language: str) -> tuple[str, str]:
    tags = (language, "", *LANGUAGES, *names)
    return next(((tag, names[tag]) for tag in tags if names.get(tag)), ("", ""))
