"""SPARQL's tokens, as far as it takes to tell words and brackets from strings, IRIs and comments.

The productions are those of SPARQL 1.1 §19.8; one pass of one regular expression without
backtracking over long runs, so that hostile text costs no more than honest text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<space>   [\s\ufeff]+ | \#[^\r\n]* )
  | (?P<iri>     <[^<>"{}|^`\\\x00-\x20]*(?:\\[uU][0-9A-Fa-f]+[^<>"{}|^`\\\x00-\x20]*)*> )
  | (?P<string>  \"{3}(?:[^"\\]|\\.|\"(?!\"\"))*(?:\"{3}|\Z)
               | '{3}(?:[^'\\]|\\.|'(?!''))*(?:'{3}|\Z)
               | \"(?:[^"\\\r\n]|\\.)*\"
               | '(?:[^'\\\r\n]|\\.)*' )
  | (?P<variable> [?$]\w+ )
  | (?P<tag>     @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
  | (?P<name>    (?:[^\W\d_](?:[\w.\-·]*[\w\-·])?)?:(?:(?:[\w:\-·]|%[0-9A-Fa-f]{2}|\\.)
                 (?:[\w:.\-·]|%[0-9A-Fa-f]{2}|\\.)*)? | _:\w[\w.\-·]* )
  | (?P<word>    [^\W\d_]\w* )
  | (?P<number>  [0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)? | \.[0-9]+(?:[eE][+-]?[0-9]+)? )
  | (?P<sign>    && | \|\| | \^\^ | [<>!]= | . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One token; `kind` is a group of the expression above, `end` the place behind it."""

    kind: str
    text: str
    end: int


def tokens(text: str) -> Iterator[Token]:
    """All tokens but spaces and comments, in order."""
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind != "space":
            yield Token(kind, match.group(), match.end())
