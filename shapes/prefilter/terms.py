"""Convert terms between the bytes of canonical N-Triples (tokens) and rdflib."""

from __future__ import annotations

import re
from functools import lru_cache

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

IRI, LITERAL, BLANK = b"<"[0], b'"'[0], b"_"[0]
"""The kind of a term by its first byte."""

_LITERAL = re.compile(rb'"(.*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPE = re.compile(r'\\(?:([tbnrf"\'\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))')
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def _character(escape: re.Match[str]) -> str:
    plain, *numbers = escape.groups()
    if plain:
        return _PLAIN.get(plain, plain)
    return chr(int(numbers[0] or numbers[1], 16))


def unescape(text: bytes) -> str:
    """A string or IRI of N-Triples with its escapes resolved."""
    decoded = text.decode()
    return _ESCAPE.sub(_character, decoded) if "\\" in decoded else decoded


@lru_cache(1 << 16)  # types, codes and agents occur again and again
def term(token: bytes) -> Node:
    """A token as an rdflib term; literals keep their lexical form."""
    if token[0] == IRI:
        return URIRef(unescape(token[1:-1]))
    if token[0] == BLANK:
        return BNode(token[2:].decode())
    text, language, datatype = literal(token)
    if language:
        return Literal(text, lang=language, normalize=False)
    return Literal(text, datatype=URIRef(datatype) if datatype else None, normalize=False)


def literal(token: bytes) -> tuple[str, str, str]:
    """Lexical form, language tag and datatype of a literal; "" for a missing part."""
    found = _LITERAL.fullmatch(token)
    if found is None:
        raise SyntaxError(f"not a literal of N-Triples: {token.decode(errors='replace')}")
    text, language, datatype = found.groups(b"")
    return unescape(text), language.decode(), unescape(datatype)


def language(token: bytes) -> str:
    """The language tag of a term in lower case, or ""."""
    if token[0] != LITERAL:
        return ""
    behind = token[token.rindex(b'"') + 1 :]  # neither tags nor datatypes have a quotation mark
    return behind[1:].decode().lower() if behind.startswith(b"@") else ""


def text(token: bytes) -> str:
    """The text that sh:pattern and the length constraints use: the IRI or the lexical form."""
    return unescape(token[1:-1]) if token[0] == IRI else literal(token)[0]


@lru_cache(1 << 16)
def token(node: Node) -> bytes:
    """An rdflib term as a token."""
    if isinstance(node, Literal):
        datatype = ox.NamedNode(str(node.datatype)) if node.datatype and not node.language else None
        return str(ox.Literal(str(node), datatype=datatype, language=node.language)).encode()
    return f"_:{node}".encode() if isinstance(node, BNode) else f"<{node}>".encode()
