"""What became of a thing: of its changed lines, those that belong together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final, NamedTuple

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


class StatementChange(NamedTuple):
    """A change of one statement: the line before and the line after; one of them may be missing.

    `predicate` is the property, as an IRI; of a renamed one the new name.
    """

    layer: str
    predicate: str
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


class ThingChange(NamedTuple):
    """The changes of one subject, which is given as IRI."""

    subject: str
    changes: tuple[StatementChange, ...]

    @property
    def is_of_schema(self) -> bool:
        """Whether no value changed."""
        return all(one.is_of_schema for one in self.changes)


def parts(line: bytes) -> list[bytes]:
    """Subject, predicate and object of a canonical line, as they stand in it."""
    return line[:-2].split(b" ", 2)


def thing(group: Sequence[ChangedLine]) -> ThingChange:
    """The change of a subject, of all its changed lines.

    A deletion and an addition belong together where layer and property are the same: first those
    with the same text, then those of the same language or datatype, then in order. What is left
    belongs together where layer and value are the same.
    """
    subject = group[0].subject[1:-1].decode()
    deleted = [_stated(one) for one in group if one.sign == "D"]
    added = [_stated(one) for one in group if one.sign == "A"]
    if _agree(deleted, added):
        return ThingChange(subject, tuple(map(_same_property, deleted, added)))
    return ThingChange(subject, tuple(sorted(_pairs(deleted, added), key=_order)))


def _stated(one: ChangedLine) -> _Stated:
    _, predicate, value = parts(one.line)
    return _Stated(one, predicate, value)


def _order(one: StatementChange) -> tuple[str, str, bytes]:
    return one.layer, one.predicate, (one.old or one.new or _NONE).line


class _Stated(NamedTuple):
    """A changed line, taken apart."""

    one: ChangedLine
    predicate: bytes
    value: bytes


_NONE = ChangedLine("", "", 0, None, b"")
_COMMON: tuple[tuple[str, Callable[[_Stated], Hashable]], ...] = (
    (RETYPED, lambda one: (one.one.layer, one.predicate, _text(one.value))),
    (CHANGED, lambda one: (one.one.layer, one.predicate, _form(one.value))),
    (CHANGED, lambda one: (one.one.layer, one.predicate)),
    (RENAMED, lambda one: (one.one.layer, one.value)),
)
"""Kind of a pair, and what its two lines have in common; in this order."""


def _pairs(deleted: list[_Stated], added: list[_Stated]) -> Iterator[StatementChange]:
    for kind, key in _COMMON:
        if not (deleted and added):
            break
        waiting: dict[Hashable, list[_Stated]] = {}
        for before in deleted:
            waiting.setdefault(key(before), []).append(before)
        left = []
        for after in added:
            if same := waiting.get(key(after)):
                yield _pair(kind, same.pop(0), after)
            else:
                left.append(after)
        added, deleted = left, [before for some in waiting.values() for before in some]
    yield from (_change(DELETED, before, before.one, None) for before in deleted)
    yield from (_change(ADDED, after, None, after.one) for after in added)


def _agree(deleted: Sequence[_Stated], added: Sequence[_Stated]) -> bool:
    """Whether both sides have the same properties in the same order, each once: the usual case, in
    which nothing has to be looked for."""
    if len(deleted) != len(added):
        return False
    keys = [(one.one.layer, one.predicate) for one in deleted]
    if len(keys) > 1 and len({*keys}) != len(keys):
        return False
    return keys == [(one.one.layer, one.predicate) for one in added]


def _same_property(old: _Stated, new: _Stated) -> StatementChange:
    is_retyped = _text(old.value) == _text(new.value)
    return _pair(RETYPED if is_retyped else CHANGED, old, new)


def _pair(kind: str, old: _Stated, new: _Stated) -> StatementChange:
    is_class = kind == CHANGED and old.predicate == _TYPE
    return _change(RETYPED if is_class else kind, new, old.one, new.one)


def _change(
    kind: str, named: _Stated, old: ChangedLine | None, new: ChangedLine | None
) -> StatementChange:
    return StatementChange(named.one.layer, named.predicate[1:-1].decode(), kind, old, new)


def _text(value: bytes) -> bytes:
    """The text of a literal without language and datatype; an IRI as it is."""
    return value[: value.rindex(b'"') + 1] if value.startswith(b'"') else value


def _form(value: bytes) -> bytes:
    """The language or datatype of a literal; of an IRI nothing."""
    return value[value.rindex(b'"') + 1 :] if value.startswith(b'"') else b"<>"
