"""JSON bytes that break the grammar in ways whose meaning is plain, made readable."""

from __future__ import annotations

import re

_STRING_OR_NAN = re.compile(rb'"(?:[^"\\]|\\.)*+"|-?\b(?:NaN|Infinity)\b', re.S)
_CONTROL = re.compile(rb"[\x00-\x1f]")


def mend(data: bytes) -> tuple[bytes, int]:
    """The document with raw control characters in texts escaped and numbers that JSON does not
    have as null, and how many there were of both."""
    mended = 0

    def good(found: re.Match[bytes]) -> bytes:
        nonlocal mended
        form, count = b"null", 1
        if found[0].startswith(b'"'):
            form, count = _CONTROL.subn(lambda one: b"\\u%04x" % ord(one[0]), found[0])
        mended += count > 0
        return form

    return _STRING_OR_NAN.sub(good, data), mended
