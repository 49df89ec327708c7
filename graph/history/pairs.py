"""What became of a thing: of its changed lines, those that belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from graph.history.walk import ChangedLine
from vocab.namespaces import RDF

ADDED: Final = "added"
DELETED: Final = "deleted"
CHANGED: Final = "changed"  # another value of the same property
RENAMED: Final = "renamed"  # the same value of another property
RETYPED: Final = "retyped"  # the same text in another language or datatype, or another class

KINDS: Final = (ADDED, DELETED, CHANGED, RENAMED, RETYPED)
_OF_SCHEMA = {RENAMED, RETYPED}
_TYPE = str(RDF.type).encode()


@dataclass(frozen=True, slots=True)
class StatementChange:
    """A change of one statement: the line before and the line after; one of them may be missing."""

    kind: str
    old: ChangedLine | None
    new: ChangedLine | None

    @property
    def is_of_schema(self) -> bool:
        """Whether only how it is said changed: property, class, datatype or language."""
        return self.kind in _OF_SCHEMA

    @property
    def lines(self) -> list[ChangedLine]:
        """The lines there are."""
        return [one for one in (self.old, self.new) if one is not None]

    @property
    def predicate(self) -> str:
        """The property, as an IRI; of a renamed one the new name."""
        return parts(self.lines[-1].line)[1][1:-1].decode()

    @property
    def layer(self) -> str:
        """The layer of its lines."""
        return self.lines[0].layer


@dataclass(frozen=True, slots=True)
class ThingChange:
    """The changes of one subject, which is given as IRI."""

    subject: str
    changes: tuple[StatementChange, ...]

    @property
    def is_of_schema(self) -> bool:
        """Whether no value changed."""
        return all(one.is_of_schema for one in self.changes)


def parts(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Subject, predicate and object of a canonical line, as they stand in it."""
    subject, predicate, value = line[:-2].split(b" ", 2)
    return subject, predicate, value


def thing(group: Sequence[ChangedLine]) -> ThingChange:
    """The change of a subject, of all its changed lines.

    A deletion and an addition belong together where layer and property are the same: first those
    with the same text, then those of the same language or datatype, then in order. What is left
    belongs together where layer and value are the same.
    """
    subject = group[0].subject[1:-1].decode()
    return ThingChange(subject, tuple(sorted(_pairs(group), key=_order)))


def _order(one: StatementChange) -> tuple[str, str, bytes]:
    return one.layer, one.predicate, one.lines[0].line


_Key = Callable[[bytes, bytes], tuple[bytes, ...]]

_COMMON: tuple[tuple[str, _Key], ...] = (
    (RETYPED, lambda predicate, value: (predicate, _text(value))),
    (CHANGED, lambda predicate, value: (predicate, _form(value))),
    (CHANGED, lambda predicate, _: (predicate,)),
    (RENAMED, lambda _, value: (value,)),
)
"""Kind of a pair, and what its two lines have in common beside the layer; in this order."""


def _pairs(group: Iterable[ChangedLine]) -> Iterator[StatementChange]:
    lines = {sign: [one for one in group if one.sign == sign] for sign in "DA"}
    for kind, key in _COMMON if lines["D"] and lines["A"] else ():
        waiting: dict[tuple[str, tuple[bytes, ...]], list[ChangedLine]] = {}
        for one in lines["D"]:
            waiting.setdefault(_key(one, key), []).append(one)
        added, lines["A"] = lines["A"], []
        for one in added:
            if same := waiting.get(_key(one, key)):
                yield _pair(kind, same.pop(0), one)
            else:
                lines["A"].append(one)
        lines["D"] = [one for ones in waiting.values() for one in ones]
    yield from (StatementChange(DELETED, one, None) for one in lines["D"])
    yield from (StatementChange(ADDED, None, one) for one in lines["A"])


def _key(one: ChangedLine, key: _Key) -> tuple[str, tuple[bytes, ...]]:
    _, predicate, value = parts(one.line)
    return one.layer, key(predicate, value)


def _pair(kind: str, old: ChangedLine, new: ChangedLine) -> StatementChange:
    is_class = kind == CHANGED and parts(old.line)[1] == _TYPE
    return StatementChange(RETYPED if is_class else kind, old, new)


def _text(value: bytes) -> bytes:
    """The text of a literal without language and datatype; an IRI as it is."""
    return value[: value.rindex(b'"') + 1] if value.startswith(b'"') else value


def _form(value: bytes) -> bytes:
    """The language or datatype of a literal; of an IRI nothing."""
    return value[value.rindex(b'"') + 1 :] if value.startswith(b'"') else b"<>"
