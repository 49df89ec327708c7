"""Reading an agency's JSON answer strictly: every fault says file, row and column.

What portals really send instead of JSON: nothing, an HTML error page with status 200, half an
answer, a byte order mark, another encoding.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import quote

from graph.core.errors import InputError
from loaders.formats.csv import decode
from loaders.pipeline.record import Capture

AGAIN = "Fetch it again; if it comes the same, ask its publisher."


def read(capture: Capture) -> Any:
    """The answer as Python objects; numbers with a point are Decimal, as written.

    Raises InputError for an empty answer, a web page, broken or cut JSON (RFC 8259), a key
    that an object has twice, NaN, and bytes that are not UTF-8.
    """
    text = decode(capture)
    start = text.lstrip()[:1]
    if not start:
        raise InputError("the answer is empty", where=f"{capture.name} row 1", hint=AGAIN)
    if start == "<":
        raise InputError(
            "a web page instead of JSON, probably an error or log-in page",
            where=f"{capture.name} row 1",
            hint="Open its address in a browser and read what it says.",
        )
    try:
        return json.loads(
            text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        where = f"{capture.name} row {error.lineno} column {error.colno}"
        raise InputError(f"broken or cut JSON: {error.msg}", where=where, hint=AGAIN) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"broken JSON: {error}", where=capture.name, hint=AGAIN) from error


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        doubled = sorted({key for key in keys if keys.count(key) > 1})
        raise ValueError(f"key “{'”, “'.join(doubled)}” appears twice in one object")
    return found


# RFC 3987 allows letters of every script in a fragment, but no blanks and none of these
_NOT_IN_FRAGMENT = '%"<>[]\\^`{|}# \t\r\n'
_ENCODE = {ord(c): quote(c, safe="") for c in _NOT_IN_FRAGMENT}


def pointer(*path: str | int) -> str:
    """A JSON Pointer (RFC 6901 §6) ready to stand behind `#` in an IRI."""
    return "".join(
        "/" + str(part).replace("~", "~0").replace("/", "~1").translate(_ENCODE) for part in path
    )


def broken(capture: Capture, what: str, *path: str | int, hint: str = AGAIN) -> InputError:
    """An InputError at a place in the answer."""
    return InputError(what, where=f"{capture.name}#{pointer(*path)}", hint=hint)
