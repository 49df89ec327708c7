"""The RDF syntaxes of the catalogue: fragments, and what stands around them.

A document is the head of its syntax, fragments joined by its separator, and its tail. The same
triples give the same bytes. Language tags are in BCP 47 case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from graph.catalogue.description.prefixes import PREFIXES
from vocab.literals import format_language_tag

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

# Whole literals are matched, so that text inside them which looks like a tag is not changed.
_SUBTAGS = re.compile(rb'"@[A-Za-z0-9]+-')
_QUOTED = re.compile(rb'(?P<lead>"(?:[^"\\]|\\.)*")(?:@(?P<tag>[A-Za-z0-9-]+))?')
_MEMBER = re.compile(rb'(?P<lead>"@language":")(?P<tag>[^"]+)')
_ATTRIBUTE = re.compile(rb'(?P<lead><[^<>]* xml:lang=")(?P<tag>[^"]+)')


@dataclass(frozen=True, slots=True)
class Syntax:
    """An RDF syntax: its media type, the engine's name for it, and how documents are put together.

    `tag` finds language tags: group `lead` before group `tag`. `stored` is the extension of the
    syntax whose fragments it uses.
    """

    extension: str
    media_type: str
    engine: ox.RdfFormat
    tag: re.Pattern[bytes]
    head: bytes = b""
    separator: bytes = b""
    tail: bytes = b""
    stored: str = ""

    @property
    def content_type(self) -> str:
        """The value of Content-Type: without a charset, clients read Cyrillic as Latin-1."""
        return f"{self.media_type}; charset=utf-8"

    @property
    def fragments(self) -> str:
        """The extension of the syntax whose fragments it uses."""
        return self.stored or self.extension

    def fragment(self, triples: Iterable[ox.Triple]) -> bytes:
        """Triples in this syntax, without head and tail."""
        return self.tag.sub(_cased, self._body(triples))

    def _body(self, triples: Iterable[ox.Triple]) -> bytes:
        text = ox.serialize(triples, format=self.engine, prefixes=PREFIXES)
        assert text is not None
        return _BODY[self.engine](text)

    def following(self, triples: Iterable[ox.Triple]) -> bytes:
        """A fragment as it follows on another one; fragments are stored like this."""
        return self._after(self.fragment(triples))

    def _after(self, fragment: bytes) -> bytes:
        return self.separator + fragment if fragment else fragment

    def document(self, first: bytes, following: Iterable[bytes]) -> Iterator[bytes]:
        """The parts of a whole document, from its first fragment, which is not empty."""
        yield self.head
        yield first
        yield from following
        yield self.tail


def fragments(triples: Sequence[ox.Triple]) -> list[bytes]:
    """Triples in each of the stored syntaxes, as they follow on other fragments."""
    # tags without subtags are right as the engine writes them, and most are
    if _SUBTAGS.search(N_TRIPLES._body(triples)):
        return [syntax.following(triples) for syntax in STORED]
    return [syntax._after(syntax._body(triples)) for syntax in STORED]


def _cased(match: re.Match[bytes]) -> bytes:
    tag = match["tag"]
    if not tag:  # a literal without a language
        return match[0]
    return match[0][: -len(tag)] + format_language_tag(tag.decode("ascii")).encode()


def _turtle(text: bytes) -> bytes:
    # literals have no line feeds there, so a line that begins with @prefix is a declaration
    lines = text.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(b"@prefix "))


def _xml(text: bytes) -> bytes:
    inner = text.partition(b"<rdf:RDF ")[2].partition(b">\n")[2]
    body = inner.removesuffix(b"</rdf:RDF>").removesuffix(b"</rdf:RDF>\n")
    return body.replace(b"\r", b"&#13;")  # XML parsers read it as a line feed


def _json(text: bytes) -> bytes:
    """The node objects, with the prefixes of the context in their keys."""
    return _KEY.sub(lambda found: b'"%b:%b":' % (_PREFIX[found[1]], found[2]), text.strip()[1:-1])


_PREFIX = {iri.encode(): name.encode() for name, iri in PREFIXES.items()}
# a quote inside a literal is escaped, so no text is taken for a key
_KEY = re.compile(b'"(' + b"|".join(map(re.escape, _PREFIX)) + rb')(\w+)":')
_BODY: dict[ox.RdfFormat, Callable[[bytes], bytes]] = {
    ox.RdfFormat.N_TRIPLES: lambda text: text,
    ox.RdfFormat.TURTLE: _turtle,
    ox.RdfFormat.RDF_XML: _xml,
    ox.RdfFormat.JSON_LD: _json,
}
_DECLARED = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()).encode()
_NAMESPACES = "".join(f' xmlns:{name}="{iri}"' for name, iri in PREFIXES.items())
_ROOT = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="{_RDF}"{_NAMESPACES}>\n'

TURTLE = Syntax("ttl", "text/turtle", ox.RdfFormat.TURTLE, _QUOTED, _DECLARED)
N_TRIPLES = Syntax("nt", "application/n-triples", ox.RdfFormat.N_TRIPLES, _QUOTED)
RDF_XML = Syntax(
    "rdf",
    "application/rdf+xml",
    ox.RdfFormat.RDF_XML,
    _ATTRIBUTE,
    head=_ROOT.encode(),
    tail=b"</rdf:RDF>\n",
)
JSON_LD = Syntax(
    "jsonld",
    "application/ld+json",
    ox.RdfFormat.JSON_LD,
    _MEMBER,
    head=b'{"@context":%b,\n"@graph":[\n' % json.dumps(PREFIXES).encode(),
    separator=b",\n",
    tail=b"\n]}\n",
)
# Turtle is TriG for the default graph
TRIG = Syntax("trig", "application/trig", ox.RdfFormat.TURTLE, _QUOTED, _DECLARED, stored="ttl")
# Turtle is N3 and N-Triples are N-Quads: who asks for these must not get a page without datasets
N3 = Syntax("n3", "text/n3", ox.RdfFormat.TURTLE, _QUOTED, _DECLARED, stored="ttl")
N_QUADS = Syntax("nq", "application/n-quads", ox.RdfFormat.N_TRIPLES, _QUOTED, stored="nt")

SYNTAXES = {s.extension: s for s in (TURTLE, RDF_XML, JSON_LD, N_TRIPLES, TRIG, N3, N_QUADS)}
"""The syntaxes by file name extension; the first is the server's choice."""
STORED = tuple(s for s in SYNTAXES.values() if not s.stored)
"""The syntaxes in which fragments are made."""
