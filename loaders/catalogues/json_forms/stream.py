"""JSON documents read as a stream, so that 50,000 datasets take no more memory than one.

Two passes: `outline` reads the whole document, so that a cut one is refused before anything of it
is used, and `JsonOutline.items` gives the objects of its list one at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NoReturn

import ijson

from graph.core.errors import InputError
from loaders.catalogues.model import ReceivedDocument
from loaders.formats import json_limits
from loaders.formats.json_mending import mend
from loaders.formats.json_strict import FETCH_AGAIN

_LEVELS = 6
_OPENS = frozenset({"start_map", "start_array"})
_CLOSES = frozenset({"end_map", "end_array"})


class Members(dict[str, Any]):
    """A JSON object that remembers which keys came twice; the last value counts."""

    repeated: tuple[str, ...] = ()

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self:
            self.repeated += (key,)
        super().__setitem__(key, value)


@dataclass(slots=True)
class JsonOutline:
    """A JSON document without the objects of its list `listed` (an ijson prefix; "" for documents
    one after another, such as JSON Lines).

    `members` has the other values of the top level. `count` is the number of listed values, and
    `texts` has, for each prefix that was asked for, its texts with the number of the object.
    `mended` is the number of texts and numbers that JSON does not allow.
    """

    data: bytes
    listed: str
    members: Mapping[str, Any] = field(default_factory=dict)
    count: int = 0
    texts: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    mended: int = 0

    def items(self) -> Iterator[Any]:
        """The listed values, in order; objects are Members."""
        many = not self.listed
        return iter(ijson.items(self.data, self.listed, map_type=Members, multiple_values=many))


def outline(document: ReceivedDocument, listed: str, texts: tuple[str, ...] = ()) -> JsonOutline:
    """Read a document whole.

    Raw control characters in texts, such as line feeds, are escaped, and NaN is no value. Raises
    InputError with line and column for other JSON that cannot be read: cut, nested too deeply.
    """
    try:
        return _outline(document.data, listed, texts)
    except (ijson.JSONError, RecursionError) as error:
        data, mended = mend(document.data)
        if not mended:
            _refuse(document, error, many=not listed)
    try:
        return replace(_outline(data, listed, texts), mended=mended)
    except (ijson.JSONError, RecursionError) as error:
        _refuse(document, error, many=not listed)


def _outline(data: bytes, listed: str, wanted: tuple[str, ...]) -> JsonOutline:
    found = JsonOutline(data, listed, texts={prefix: [] for prefix in wanted})
    top = ijson.ObjectBuilder(map_type=Members)
    top.value = {}
    for prefix, event, value in _events(data, many=not listed):
        if not prefix.startswith(listed):
            top.event(event, value)
        elif prefix == listed:
            found.count += event not in _CLOSES and event != "map_key"
        elif prefix in found.texts and event == "string":
            found.texts[prefix].append((value, found.count - 1))
    found.members = top.value if isinstance(top.value, dict) else {}
    return found


def _events(data: bytes, *, many: bool) -> Iterator[tuple[str, str, Any]]:
    """Events with the first levels of their prefixes.

    Not by `ijson.parse`, whose prefixes are as long as their levels are deep: a bomb. Raises
    RecursionError for nesting beyond json_limits.MAX_DEPTH.
    """
    path: list[str] = []
    for event, value in ijson.basic_parse(data, multiple_values=many):
        if event in _CLOSES:
            path.pop()
        is_key = event == "map_key"
        yield ".".join(path[:-1][:_LEVELS] if is_key else path[:_LEVELS]), event, value
        if is_key:
            path[-1] = value
        elif event in _OPENS:
            path.append("item" if event == "start_array" else "")
            if len(path) > json_limits.MAX_DEPTH:
                raise RecursionError


def _refuse(document: ReceivedDocument, cause: Exception, *, many: bool) -> NoReturn:
    """Raise the error with line and column, which a parser of streams does not know."""
    text = document.data.decode("utf-8", "replace")
    problem = json_limits.JsonError(str(cause).partition("\n")[0])
    if isinstance(cause, RecursionError):
        problem = json_limits.explain(text, cause)
    try:
        json.loads(text if not many else "0", parse_float=Decimal, strict=False)
    except json.JSONDecodeError as error:
        problem = json_limits.JsonError(error.msg, error.lineno, error.colno)
    except (ValueError, ArithmeticError, RecursionError) as error:
        problem = json_limits.explain(text, error)
    if text.lstrip()[:1] == "<":
        problem = json_limits.JsonError("a web page, perhaps an error page or a login page", 1, 1)
    where = document.name + problem.position("line")
    raise InputError(f"invalid or cut JSON: {problem.message}", where=where, hint=FETCH_AGAIN)
