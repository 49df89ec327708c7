"""A tokenizer for SPARQL that separates words and brackets from strings, IRIs and comments.

The productions are those of SPARQL 1.1 §19.8, read as the engine reads them: if a long string is
not closed, `\"\"` is an empty string; an invalid escape makes a string invalid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

# An escape inside a string; surrogates and code points beyond U+10FFFF are not valid escapes.
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
    """One token; `kind` is the name of its group in `_TOKEN`, `end` the offset after it."""

    kind: str
    text: str
    end: int

    @property
    def start(self) -> int:
        """The offset of its first character."""
        return self.end - len(self.text)


def tokenize(text: str, start: int = 0) -> Iterator[Token]:
    """All tokens from an offset on, in order, without white space and comments."""
    for match in _TOKEN.finditer(text, start):
        kind = str(match.lastgroup)
        if kind != "space":
            yield Token(kind, match.group(), match.end())


@lru_cache(maxsize=4)
def tokens_of(text: str) -> tuple[Token, ...]:
    """All tokens of a query; kept, because several steps look at the same text."""
    return tuple(tokenize(text))


def closing_braces(tokens: Sequence[Token]) -> dict[int, int]:
    """The index of the closing brace, by the index of the opening one; unclosed braces are left
    out."""
    closing, opened = dict[int, int](), list[int]()
    for i, token in enumerate(tokens):
        if token.text == "{":
            opened.append(i)
        elif token.text == "}" and opened:
            closing[opened.pop()] = i
    return closing
