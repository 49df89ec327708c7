"""What became of a thing: of its changed lines, those that belong together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Final, NamedTuple

from graph.history.walk import ChangedLine
from graph.statements.layer import NAMES
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


_Stated = tuple[ChangedLine, bytes, bytes]
"""A changed line, its predicate and its object. No class: there are a million of them."""

_Sides = tuple[list[_Stated], list[_Stated]]
"""Lines that were deleted, lines that were added."""


def thing(group: Sequence[ChangedLine]) -> ThingChange:
    """The change of a subject, of all its changed lines, in the order of layers and lines.

    A deletion and an addition belong together where layer and property are the same: first those
    with the same text, then those of the same language or datatype, then in order. What is left
    belongs together where layer and value are the same.
    """
    found: list[StatementChange] = []
    deleted: list[_Stated] = []
    added: list[_Stated] = []
    is_mixed = False
    for old, new in _by_property(group):
        if len(old) == len(new) == 1:  # the usual case, in which nothing has to be looked for
            found.append(_same_property(old[0], new[0]))
            continue
        if len(old) == len(new) and _agree(old, new):
            found += map(_pair, repeat(CHANGED), old, new)
            continue
        is_mixed = True
        if old and new:
            old = _paired(_OF_PROPERTY, old, new, found)
        deleted += old
        added += new
    if deleted and added:
        deleted = _paired(_OF_LAYER, deleted, added, found)
    found += (_change(DELETED, one, one[0], None) for one in deleted)
    found += (_change(ADDED, one, None, one[0]) for one in added)
    if is_mixed:
        found.sort(key=_order)
    return ThingChange(group[0].subject[1:-1].decode(), tuple(found))


def _agree(old: list[_Stated], new: list[_Stated]) -> bool:
    """Whether these lines of one property have the same languages and datatypes in the same order,
    each once, and other texts: then nothing has to be looked for either."""
    forms = [_form(one[2]) for one in old]
    if forms != [_form(one[2]) for one in new] or len({*forms}) != len(forms):
        return False
    texts = {_text(one[2]) for one in old}
    return texts.isdisjoint([_text(one[2]) for one in new])


def _by_property(group: Sequence[ChangedLine]) -> list[_Sides]:
    """The lines of each layer and property; they follow each other."""
    found: list[_Sides] = []
    last_layer, last_name = "", b""
    for one in group:
        layer, sign, _, _, line = one
        _, name, value = line.split(b" ", 2)
        if name != last_name or layer != last_layer:
            found.append(([], []))
            last_layer, last_name = layer, name
        found[-1][sign == "A"].append((one, name, value[:-2]))
    return found


def _order(one: StatementChange) -> tuple[int, str, bytes]:
    line = one.old or one.new
    return NAMES.index(one.layer), f"<{one.predicate}>", line.line if line else b""


_Common = tuple[tuple[str, Callable[[_Stated], Hashable]], ...]
"""Kind of a pair, and what its two lines have in common; in this order."""

_OF_PROPERTY: _Common = (
    (RETYPED, lambda one: _text(one[2])),
    (CHANGED, lambda one: _form(one[2])),
    (CHANGED, lambda one: None),
)
_OF_LAYER: _Common = ((RENAMED, lambda one: (one[0].layer, one[2])),)


def _paired(
    common: _Common,
    deleted: list[_Stated],
    added: list[_Stated],
    found: list[StatementChange],
) -> list[_Stated]:
    """Add the pairs of these lines to those that were found, and take their additions out of
    `added`; gives the deletions that are left."""
    for kind, key in common:
        if not (deleted and added):
            break
        waiting: dict[Hashable, list[_Stated]] = {}
        for before in deleted:
            waiting.setdefault(key(before), []).append(before)
        left = []
        for after in added:
            if same := waiting.get(key(after)):
                found.append(_pair(kind, same.pop(0), after))
            else:
                left.append(after)
        if len(left) < len(added):
            added[:], deleted = left, [before for some in waiting.values() for before in some]
    return deleted


def _same_property(old: _Stated, new: _Stated) -> StatementChange:
    is_retyped = _text(old[2]) == _text(new[2])
    return _pair(RETYPED if is_retyped else CHANGED, old, new)


def _pair(kind: str, old: _Stated, new: _Stated) -> StatementChange:
    is_class = kind == CHANGED and old[1] == _TYPE
    return _change(RETYPED if is_class else kind, new, old[0], new[0])


def _change(
    kind: str, named: _Stated, old: ChangedLine | None, new: ChangedLine | None
) -> StatementChange:
    return StatementChange(named[0].layer, _iri(named[1]), kind, old, new)


@lru_cache(maxsize=1024)
def _iri(name: bytes) -> str:
    return name[1:-1].decode()


def _text(value: bytes) -> bytes:
    """The text of a literal without language and datatype; an IRI as it is."""
    return value[: value.rindex(b'"') + 1] if value[0] == _QUOTE else value


def _form(value: bytes) -> bytes:
    """The language or datatype of a literal; of an IRI nothing."""
    return value[value.rindex(b'"') + 1 :] if value[0] == _QUOTE else b"<>"


_QUOTE = ord('"')
