"""Strict reading of JSON responses: every error names file, row and column.

What portals have sent instead of JSON: nothing, an HTML error page with status 200, half a
response, a byte order mark, another encoding.
"""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import quote

from graph.core.errors import InputError
from loaders.formats import json_limits
from loaders.formats.csv import decode
from loaders.pipeline.record import Capture

_MAX_NAMED = 3  # repeated keys
FETCH_AGAIN = "Fetch it again. If it is the same, ask its publisher."


def read(capture: Capture) -> Any:
    """The response as Python objects; numbers with a decimal point are Decimal, as written.

    Raises InputError for an empty response, a web page, invalid or truncated JSON (RFC 8259), a
    key that an object has twice, NaN, nesting that is too deep, numbers that are too long, and
    bytes that are not UTF-8.
    """
    text = decode(capture)
    start = text.lstrip()[:1]
    if not start:
        raise InputError("the response is empty", where=f"{capture.name} row 1", hint=FETCH_AGAIN)
    if start == "<":
        raise InputError(
            "a web page instead of JSON, probably an error page or a login page",
            where=f"{capture.name} row 1",
            hint="Open its URL in a browser to see what it says.",
        )
    try:
        # Decimal: a float would change the digits of a published figure
        return json.loads(
            text, parse_float=Decimal, parse_constant=_reject_constant, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        where = f"{capture.name} row {error.lineno} column {error.colno}"
        raise InputError(
            f"invalid or truncated JSON: {error.msg}", where=where, hint=FETCH_AGAIN
        ) from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        problem = json_limits.explain(text, error)
        raise InputError(
            f"invalid JSON: {problem.message}",
            where=capture.name + problem.position(),
            hint=FETCH_AGAIN,
        ) from error


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        repeated = sorted(key for key, count in counts.items() if count > 1)
        names = "”, “".join(repeated[:_MAX_NAMED])
        more = f" and {len(repeated) - _MAX_NAMED:,} others" if len(repeated) > _MAX_NAMED else ""
        raise ValueError(f"key “{names}”{more} appears twice in one object")
    return members


# RFC 3987 allows letters of every script in a fragment, but no white space and none of these
_NOT_IN_FRAGMENT = '%"<>[]\\^`{|}# \t\r\n'
_ENCODE = {ord(c): quote(c, safe="") for c in _NOT_IN_FRAGMENT}


def pointer(*path: str | int) -> str:
    """A JSON Pointer in the form for URI fragments (RFC 6901 §6), without the `#`."""
    return "".join(
        "/" + str(part).replace("~", "~0").replace("/", "~1").translate(_ENCODE) for part in path
    )


def error_at(
    capture: Capture, message: str, *path: str | int, hint: str = FETCH_AGAIN
) -> InputError:
    """An InputError at a position in the response."""
    return InputError(message, where=f"{capture.name}#{pointer(*path)}", hint=hint)
