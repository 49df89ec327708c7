"""Text of captures of any size, in blocks and in lines."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

from graph.core.errors import InputError
from loaders.pipeline.record import Capture

_BLOCK = 1 << 18  # bytes
_MAX_LINE = 16 << 20  # characters
UTF_8 = "utf-8-sig"
"""UTF-8 with or without a byte order mark, which is dropped."""


def blocks(capture: Capture, encoding: str = UTF_8) -> Iterator[str]:
    """The text of a capture in pieces.

    Raises InputError with byte and row for bytes that are invalid in the encoding, and for NUL.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    before = 0  # bytes
    with capture.open() as file:
        while True:
            data = file.read(_BLOCK)
            # bytes that the decoder keeps belong to a character that ends in the next block
            kept = len(decoder.getstate()[0])
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                name = "UTF-8" if encoding == UTF_8 else encoding
                raise _undecodable(capture, before - kept + error.start, f"not {name}") from error
            if "\0" in text:  # UTF-16 without a byte order mark, or no text at all
                position = before + max(data.find(b"\0"), 0)
                raise _undecodable(capture, position, "NUL, so this is not a text file")
            if text:
                yield text
            if not data:
                return
            before += len(data)


def _undecodable(capture: Capture, position: int, problem: str) -> InputError:
    return InputError(
        f"byte {position} is {problem}",
        where=f"{capture.name} row {_row(capture, position)}",
        hint="Save the file as UTF-8, or name its encoding in the source's options.",
    )


def _row(capture: Capture, position: int) -> int:
    """The row of a byte, counted from 1."""
    row = 1
    with capture.open() as file:
        while position > 0 and (data := file.read(min(_BLOCK, position))):
            row += data.count(b"\n")
            position -= len(data)
    return row


def lines(capture: Capture, encoding: str = UTF_8) -> Iterator[str]:
    """The lines of a capture with their ends, which are LF, CR LF or CR.

    Raises what `blocks` raises, and InputError for a line that is longer than any table has.
    """
    rest = ""
    for text in blocks(capture, encoding):
        rest += text
        # a CR at the end of a block may be half of a CR LF
        end = (rest.rfind("\n") + 1) or (rest.rfind("\r", 0, len(rest) - 1) + 1)
        if not end and len(rest) > _MAX_LINE:
            message = f"a line of more than {_MAX_LINE >> 20} million characters"
            raise InputError(message, where=capture.name, hint="Is this a text file?")
        yield from io.StringIO(rest[:end], newline="")
        rest = rest[end:]
    yield from io.StringIO(rest, newline="")
