"""JSON documents of any size, item by item, by ijson.

ijson crashes on numbers with thousands of digits and loses members that come twice; both are
refused here before they harm.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import ijson

from graph.core.errors import ConfigError, InputError
from loaders.formats import json_limits, json_strict, text_stream
from loaders.pipeline.record import Capture
from loaders.tables.cells.model import Dialect, Reason

_HEAD_EVENTS = 200_000  # that are looked at for a list


class _Members(dict[str, Any]):
    """An object that remembers a key that came twice."""

    repeated: str | None = None

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self:
            self.repeated = key
        super().__setitem__(key, value)


class _Utf8:
    """A capture as a file of UTF-8 without byte order mark, as ijson reads it."""

    def __init__(self, capture: Capture, encoding: str) -> None:
        name = text_stream.UTF_8 if encoding in {"utf-8", "utf8"} else encoding
        self._blocks = text_stream.blocks(capture, name)
        self._rest = self._before = b""
        self._digits = sys.get_int_max_str_digits() or sys.maxsize
        self._long = re.compile(rb"[0-9]{%d}" % min(self._digits + 1, 100_000))
        self._where = capture.name

    def read(self, size: int) -> bytes:
        """At most `size` bytes. Raises InputError for a number with too many digits."""
        if not self._rest:
            self._rest = next(self._blocks, "").encode()
            self._check()
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def _check(self) -> None:
        if self._long.search(self._before + self._rest):
            message = f"a number with more than {self._digits:,} digits"
            raise InputError(message, where=self._where, hint=json_strict.FETCH_AGAIN)
        self._before = self._rest[-self._digits :]


def keys(path: str) -> list[str]:
    """The keys of a JSON Pointer (RFC 6901) to members of objects. Raises ConfigError."""
    if path and not path.startswith("/"):
        raise ConfigError(
            f"“{path}” is no path in JSON", hint="Write it as a JSON Pointer: /result/items."
        )
    return [one.replace("~1", "/").replace("~0", "~") for one in path.split("/")[1:]]


def items(capture: Capture, dialect: Dialect) -> Iterator[Any]:
    """The items of the list at the path. Raises InputError."""
    prefix = ".".join([*keys(dialect.path), "item"])
    file = _Utf8(capture, dialect.encoding)
    yield from _checked(ijson.items(file, prefix, map_type=_Members), capture)


def pairs(capture: Capture, dialect: Dialect) -> Iterator[tuple[str, Any]]:
    """Key and value of each member of the object at the path. Raises InputError."""
    file = _Utf8(capture, dialect.encoding)
    found = ijson.kvitems(file, ".".join(keys(dialect.path)), map_type=_Members)
    seen: set[str] = set()
    for key, value in _checked(found, capture):
        if key in seen:
            raise _refused(capture, f"member “{key[:60]}” comes twice", len(seen) + 1)
        seen.add(key)
        yield key, value


def _checked(found: Iterator[Any], capture: Capture) -> Iterator[Any]:
    number = 0
    while True:
        number += 1
        try:
            item = next(found)
        except StopIteration:
            return
        except ijson.JSONError as error:
            message = f"invalid or cut JSON: {_first_line(error)}"
            raise _refused(capture, message, number) from error
        value = item[1] if isinstance(item, tuple) else item
        if _depth(value) > json_limits.MAX_DEPTH:
            message = f"nested more than {json_limits.MAX_DEPTH} levels deep"
            raise _refused(capture, message, number)
        if twice := _repeated(value):
            raise _refused(capture, f"member “{twice[:60]}” comes twice", number)
        yield item


def _depth(value: Any) -> int:
    """How many levels of containers a value has; not more than one more than are allowed."""
    depth, level = 0, [value]
    while level and depth <= json_limits.MAX_DEPTH:
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner.extend(v for v in one.values() if isinstance(v, dict | list))
            elif isinstance(one, list):
                inner.extend(v for v in one if isinstance(v, dict | list))
        depth, level = depth + 1, inner
    return depth


def _repeated(value: Any) -> str | None:
    """A key that an object, or one in it, has twice."""
    if isinstance(value, _Members):
        inner = (_repeated(one) for one in value.values())
        return value.repeated or next((one for one in inner if one), None)
    if isinstance(value, list):
        return next((one for one in map(_repeated, value) if one), None)
    return None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].removeprefix("b'").partition("\\n")[0]


def _refused(capture: Capture, message: str, number: int) -> InputError:
    return InputError(message, where=f"{capture.name} item {number}", hint=json_strict.FETCH_AGAIN)


class _Found(NamedTuple):
    """A container that may be a table: where, and of which kind."""

    path: str
    kind: str


def kind(capture: Capture, dialect: Dialect) -> str:
    """The kind of table at the path: objects, lists, keyed, columns, split; or empty."""
    wanted = _pointer(keys(dialect.path))
    return next((one.kind for one in _containers(capture, dialect) if one.path == wanted), "")


def detect(capture: Capture, dialect: Dialect) -> Reason:
    """The path of the first list of objects, else of lists, else of an object that is a table."""
    found = list(islice(_containers(capture, dialect, _HEAD_EVENTS), 1000))
    for wanted in ("split", "objects", "lists", "columns", "keyed"):
        fitting = [one for one in found if one.kind == wanted]
        if fitting:
            why = f"the first of {len(fitting)} tables of {wanted}"
            return Reason(fitting[0].path, why, len(fitting) == 1)
    return Reason("", "no list of objects or lists so far", False)


def _pointer(path: list[str]) -> str:
    escaped = (one.replace("~", "~0").replace("/", "~1") for one in path)
    return "".join(f"/{one}" for one in escaped)


class _Open:
    """A container: the key of the member that is read, and the event of its first item."""

    def __init__(self, event: str) -> None:
        self.is_list = event == "start_array"
        self.key = ""
        self.first = ""

    def kind(self) -> str:
        """Which table it is, by its first item; empty if none."""
        if self.is_list:
            return {"start_map": "objects", "start_array": "lists"}.get(self.first, "")
        if self.first == "start_array":
            return "split" if self.key in {"columns", "index"} else "columns"
        return "keyed" if self.first == "start_map" else ""


def _containers(capture: Capture, dialect: Dialect, events: int | None = None) -> Iterator[_Found]:
    """The containers that may be tables, without those within the rows of lists; of the first
    `events` events. Raises InputError for JSON that is invalid there, or nested too deeply."""
    stack: list[_Open] = []
    rows = 0  # the depth of a list of rows
    for event, value in islice(_events(capture, dialect), events):
        if event == "map_key":
            stack[-1].key = value
        elif event in {"end_map", "end_array"}:
            stack.pop()
            rows = rows if len(stack) >= rows else 0
        else:
            if stack and not stack[-1].first:
                stack[-1].first = event
                if not rows and (found := stack[-1].kind()):
                    yield _Found(_pointer([one.key for one in stack[:-1]]), found)
                    rows = len(stack) if stack[-1].is_list else 0
            if event in {"start_map", "start_array"}:
                stack.append(_Open(event))
        if len(stack) > json_limits.MAX_DEPTH:
            message = f"nested more than {json_limits.MAX_DEPTH} levels deep"
            raise InputError(message, where=capture.name, hint=json_strict.FETCH_AGAIN)


def _events(capture: Capture, dialect: Dialect) -> Iterator[tuple[str, Any]]:
    try:
        yield from ijson.basic_parse(_Utf8(capture, dialect.encoding))
    except ijson.JSONError as error:
        raise InputError(
            f"invalid or cut JSON: {_first_line(error)}",
            where=capture.name,
            hint=json_strict.FETCH_AGAIN,
        ) from error
