"""SPARQL's tokens, as far as it takes to tell words and brackets from strings, IRIs and comments.

The productions are those of SPARQL 1.1 §19.8, read as the engine reads them: where a long string
does not end, `\"\"` is an empty string; an escape that does not exist ends no string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# An escape of a string; a surrogate or a number beyond U+10FFFF is none.
_ESCAPE = r"""\\(?:[tbnrf"'\\]|u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}
               |U00(?:0[1-9A-Fa-f]|10|00(?![dD][89a-fA-F]))[0-9A-Fa-f]{4})"""
_IRI_CHARACTER = r"""[^<>"{}|^`\\\x00-\x20]"""
_NAME = r"[\w\-·\u0300-\u036f\u203f\u2040]"
_LOCAL = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"

_TOKEN = re.compile(
    rf"""
    (?P<space>    [ \t\r\n]+ | \#[^\r\n]* )
  | (?P<iri>      <{_IRI_CHARACTER}*(?:\\[uU][0-9A-Fa-f]+{_IRI_CHARACTER}*)*> )
  | (?P<string>   \"\"\"(?:[^"\\]|{_ESCAPE}|\"(?!\"\"))*\"\"\"
                | '''(?:[^'\\]|{_ESCAPE}|'(?!''))*'''
                | \"(?:[^"\\\r\n]|{_ESCAPE})*\"
                | '(?:[^'\\\r\n]|{_ESCAPE})*' )
  | (?P<variable> [?$]\w+ )
  | (?P<tag>      @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
  | (?P<name>     (?:[^\W\d_](?:\.*{_NAME})*)?
                  :(?:(?:\w|:|{_LOCAL})(?:\.*(?:{_NAME}|:|{_LOCAL}))*)?
                | _:\w(?:\.*{_NAME})* )
  | (?P<word>     [^\W\d]\w* )
  | (?P<number>   [0-9]+ )
  | (?P<sign>     && | \|\| | \^\^ | [<>!]= | . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One token; `kind` is a group of the expression above, `end` the place behind it."""

    kind: str
    text: str
    end: int


def tokenize(text: str) -> Iterator[Token]:
    """All tokens but spaces and comments, in order."""
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind != "space":
            yield Token(kind, match.group(), match.end())


def closing_braces(found: Sequence[Token]) -> dict[int, int]:
    """Where each brace that is closed is closed."""
    closing, opened = dict[int, int](), list[int]()
    for i, token in enumerate(found):
        if token.text == "{":
            opened.append(i)
        elif token.text == "}" and opened:
            closing[opened.pop()] = i
    return closing
