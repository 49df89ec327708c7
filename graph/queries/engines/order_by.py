"""Rewrites `ORDER BY ?x` so that the engine sorts faster, into the same order.

For a variable the engine reads the term from the store again at each comparison; for an expression
it computes the value once a row, and keeps values that the store does not hold. So a variable is
replaced by two expressions: whether it is neither IRI nor blank node, which sort first, and its
term, with U+0000 after the text of an IRI or string. U+0000 sorts before all other characters, so
it changes no order; and a store hardly holds such a text. Numbers, dates and other values stay as
they are. A query that is ordered by such values only stays as it is: the engine keeps them in
place, and computing expressions of them would take several times as long as sorting.

This costs some microseconds a row and some tens a query, more than sorting a few rows: so a query
that begins with a given resource, and does not group, is not rewritten.

Oxigraph's main branch reads each term once (commit 5507799); with a release of it this can go.

One order changes that the standard leaves open: between a string and another literal of the same
text the engine goes by the datatypes' IRIs, and here the string is the greater one.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from graph.queries.syntax.tokens import tokenize

_CONDITION = re.compile(r"(?:\b(?P<way>ASC|DESC)\s*\(\s*)?(?P<name>[?$]\w+)(?(way)\s*\))", re.I)
_COMMENTS = r"(?:\#[^\r\n]*(?:[\r\n]|\Z)\s*)*"
# What follows a query's last brace if it is ordered by variables alone. No part of it can match in
# two ways, so a long text that does not match takes linear time.
_TAIL = re.compile(
    rf"""
    (?P<before> [^"'\#]*? (?<![?$:\w]) ORDER \s+ BY \b )
    (?P<by>     (?: \s* (?: [?$]\w+\b | \b(?:ASC|DESC)\s*\(\s*[?$]\w+\s*\) ) )+ )
    (?P<after>  (?: \s* \b(?:LIMIT|OFFSET) \s+ [0-9]+ \b )* \s* {_COMMENTS} )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MAY_HAVE_MANY_ROWS = re.compile(r"[^{]*\{\s*[?$]|.*\bGROUP\s+BY\b", re.DOTALL | re.IGNORECASE)
_MAX_VARIABLES = 8  # each nests the engine's plan deeper
_QUOTE = re.compile("[\"']")
_ABOVE = "!isIRI({0}) && !isBLANK({0})"
_MARKED = r'CONCAT(STR({0}), "\u0000")'
_STRING = "DATATYPE({0}) = <http://www.w3.org/2001/XMLSchema#string>"
_TAGGED = "DATATYPE({0}) = <http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>"
_TERM = (  # a blank node has no datatype: that is an error, so COALESCE takes it as it is
    f"COALESCE(IF(isIRI({{0}}) || {_STRING}, {_MARKED}, "
    f"IF({_TAGGED}, STRLANG({_MARKED}, LANG({{0}})), {{0}})), {{0}})"
)


def with_sort_keys(text: str, is_plain: Callable[[str], bool] = lambda _: False) -> str:
    """The query with expressions for the variables of its own ORDER BY.

    The text is unchanged if the query is not ordered, or by something else than variables.
    It is unchanged, too, if `is_plain` says of all variables (`?x`) that they have numbers, dates
    or the like.
    """
    brace = text.rfind("}") + 1
    if not brace or "ORDER" not in text[brace:].upper() or not _MAY_HAVE_MANY_ROWS.match(text):
        return text
    match = _TAIL.fullmatch(text, brace)
    if match is None or not _closes(text, brace):
        return text
    variables = [condition["name"] for condition in _CONDITION.finditer(match["by"])]
    # Mixed ones are rewritten all: where the first are equal, the others are compared often.
    if len(variables) > _MAX_VARIABLES or all(map(is_plain, variables)):
        return text
    by = _CONDITION.sub(_keys, match["by"])
    return text[: match.start("by")] + by + match["after"]


def _closes(text: str, end: int) -> bool:
    """Whether the brace before `end` is a token, not in a comment or string."""
    line = max(text.rfind("\n", 0, end), text.rfind("\r", 0, end))
    if text.find("#", line + 1, end) < 0 and not _QUOTE.search(text, end):
        return True
    return any(token.end == end and token.text == "}" for token in tokenize(text))


def _keys(condition: re.Match[str]) -> str:
    way = (condition["way"] or "ASC").upper()
    return f"{way}({_ABOVE}) {way}({_TERM})".format(condition["name"])
