"""`ORDER BY ?x` in a form that the engine sorts faster, into the same order.

The engine reads the term of a variable from the store again for each comparison, but computes the
value of an expression once a row, and keeps what the store does not hold. So a variable stands as
two expressions: whether it is above all IRIs, and its term, with U+0000 behind the text of an IRI
or string. That comes before all other characters, so it changes no order among them; and the store
hardly holds such a text. Numbers, dates and other values stand as they are.

That takes some microseconds a row and some tens a query, more than it takes to sort few rows: so a
query that begins with a thing, and does not group, stays as it is.

Oxigraph's main branch reads each term once (commit 5507799); with a release of it this can go.

Where the standard leaves it open, one thing changes: between a string and another literal of the
very same text the engine goes by the datatypes' IRIs, and here the string is the greater one.
"""

from __future__ import annotations

import re

from graph.queries.syntax.tokens import tokenize

_CONDITION = re.compile(r"(?:\b(?P<way>ASC|DESC)\s*\(\s*)?(?P<name>[?$]\w+)(?(way)\s*\))", re.I)
_COMMENTS = r"(?:\#[^\r\n]*(?:[\r\n]|\Z)\s*)*"
# What stands behind a query's last brace, where it is ordered by variables alone. No part of it
# can match in two ways: a long text that does not fit costs one look at each character.
_TAIL = re.compile(
    rf"""
    (?P<before> [^"'\#]*? (?<![?$:\w]) ORDER \s+ BY \b )
    (?P<by>     (?: \s* (?: [?$]\w+\b | \b(?:ASC|DESC)\s*\(\s*[?$]\w+\s*\) ) )+ )
    (?P<after>  (?: \s* \b(?:LIMIT|OFFSET) \s+ [0-9]+ \b )* \s* {_COMMENTS} )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MANY = re.compile(r"[^{]*\{\s*[?$]|.*\bGROUP\s+BY\b", re.DOTALL | re.IGNORECASE)
_MOST = 8  # variables: each nests the engine's plan deeper
_QUOTE = re.compile("[\"']")
_ABOVE = "!isIRI({0}) && !isBLANK({0})"
_MARKED = r'CONCAT(STR({0}), "\u0000")'
_STRING = "DATATYPE({0}) = <http://www.w3.org/2001/XMLSchema#string>"
_TAGGED = "DATATYPE({0}) = <http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>"
_TERM = (  # what is neither IRI nor literal has no datatype: an error, so it stands as it is
    f"COALESCE(IF(isIRI({{0}}) || {_STRING}, {_MARKED}, "
    f"IF({_TAGGED}, STRLANG({_MARKED}, LANG({{0}})), {{0}})), {{0}})"
)


def with_sort_keys(text: str) -> str:
    """The query with the variables behind its own ORDER BY written as expressions.

    The same text where something else stands there, as in queries that are not ordered.
    """
    brace = text.rfind("}") + 1
    if not brace or "ORDER" not in text[brace:].upper() or not _MANY.match(text):
        return text
    match = _TAIL.fullmatch(text, brace)
    if match is None or not _closes(text, brace):
        return text
    by, variables = _CONDITION.subn(_keys, match["by"])
    return text if variables > _MOST else text[: match.start("by")] + by + match["after"]


def _closes(text: str, end: int) -> bool:
    """Whether the brace before `end` stands in no comment and no string."""
    line = max(text.rfind("\n", 0, end), text.rfind("\r", 0, end))
    if text.find("#", line + 1, end) < 0 and not _QUOTE.search(text, end):
        return True
    return any(token.end == end and token.text == "}" for token in tokenize(text))


def _keys(condition: re.Match[str]) -> str:
    way = (condition["way"] or "ASC").upper()
    return f"{way}({_ABOVE}) {way}({_TERM})".format(condition["name"])
