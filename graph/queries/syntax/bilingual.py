"""Messages in Mongolian and English, and syntax errors that carry both."""

from __future__ import annotations

from typing import NamedTuple

from graph.core.errors import QuerySyntaxError
from graph.queries.syntax.positions import excerpt, line_and_column


class Bilingual(NamedTuple):
    """The same text in Mongolian and in English."""

    mn: str
    en: str


NO_HINT = Bilingual("", "")


class SyntaxHint(NamedTuple):
    """A detected mistake: the offset where it begins (None: where the engine stopped), what it is,
    and what to do about it."""

    start: int | None
    message: Bilingual
    hint: Bilingual = NO_HINT


def syntax_error_at(
    text: str, offset: int, message: Bilingual, hint: Bilingual = NO_HINT
) -> QuerySyntaxError:
    """A syntax error with the line, column and excerpt of an offset in the query's text."""
    line, column = line_and_column(text, offset)
    return syntax_error(text, line, column, message, hint)


def syntax_error(
    text: str, line: int, column: int, message: Bilingual, hint: Bilingual
) -> QuerySyntaxError:
    """A syntax error at a line and column; line 0 stands for an unknown position."""
    return QuerySyntaxError(
        message.en,
        line=line,
        column=column,
        excerpt=excerpt(text, line, column) if line else "",
        hint=hint.en,
        message_mn=message.mn,
        hint_mn=hint.mn,
    )


def written_so(text: str) -> Bilingual:
    """What to do about a mistake: to write this instead."""
    return Bilingual(mn=f"Ингэж бичнэ үү: {text}", en=f"Write {text}")
