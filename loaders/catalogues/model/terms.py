"""Terms as they were read → valid terms, and a problem for each that had to be mended.

Parsers run leniently, so that one bad address does not cost the rest; therefore every term is
checked here. Whether a value fits its datatype (30 February) is asked by the shapes, not here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urljoin

import pyoxigraph as ox

from loaders.catalogues.model import LocatedTriple, ReadItem, ReadProblem, ReceivedDocument
from vocab.terms import Node, Term

_RELATIVE = "relative+"
"""Before the scheme of the base while parsing: what has it afterwards was a relative IRI."""
_CACHED = 1 << 16  # terms; a bound, since every dataset brings its own
_DETAIL = 200  # characters of a raw form in a problem

_ILLEGAL = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f-\x9f\ufff0-\uffff]|%(?![0-9A-Fa-f]{2})')
_AROUND = " \t\r\n<>\"'"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://[^/?#]*)?")
# XML 1.0 §2.2 cannot carry these, so our RDF/XML export could not
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STRING = "http://www.w3.org/2001/XMLSchema#string"
REPLACEMENT = "\ufffd"


class CheckedTerm(NamedTuple):
    """A valid term, or None where none can be made; the kind of its problem, and its raw form."""

    term: Term | None
    problem: str = ""
    raw: str = ""


def parsing_base(base: str) -> str:
    """The base to give to a parser, so that relative IRIs can be told apart."""
    return _RELATIVE + base


class TermReader:
    """The triples of one document with valid terms."""

    def __init__(self, document: ReceivedDocument) -> None:
        self._base, self._scope = document.base, document.scope
        self._last: CheckedTerm | None = None  # the subject that was checked last
        self.named = lru_cache(_CACHED)(self._named_node)
        self._tag = lru_cache(1024)(_language)

    def items(
        self, subject: Term, predicate: Term, value: Term, locator: str
    ) -> Iterator[ReadItem]:
        """The triple, after the problems of its terms; without it where a term cannot be mended."""
        terms = self.check(subject), self.check(predicate), self.check(value)
        return self.checked_items(*terms, locator)

    def checked_items(
        self, subject: CheckedTerm, predicate: CheckedTerm, value: CheckedTerm, locator: str
    ) -> Iterator[ReadItem]:
        """The same for terms that were checked before."""
        about = self._subject(subject)
        first = () if subject == self._last else (subject,)  # a subject's problem is told once
        self._last = subject
        for checked in (*first, predicate, value):
            if checked.problem:
                yield ReadProblem(checked.problem, about, locator, checked.raw[:_DETAIL])
        if isinstance(predicate.term, ox.NamedNode) and value.term is not None:
            yield LocatedTriple(about, predicate.term, value.term, locator)

    def node(self, subject: Term) -> Node:
        """A subject as the triples have it."""
        return self._subject(self.check(subject))

    def check(self, term: Term) -> CheckedTerm:
        """A term of a parser that checks nothing."""
        if isinstance(term, ox.NamedNode):
            return self.named(term.value)
        if isinstance(term, ox.BlankNode):
            return self.blank(term.value)
        if isinstance(term, ox.Literal):
            datatype = "" if term.language else term.datatype.value
            literal = self.literal(term.value, term.language or "", datatype)
            if getattr(term, "direction", None) is not None:
                return literal._replace(problem="term-unpublishable", raw=str(term))
            return literal
        return CheckedTerm(None, "term-unpublishable", str(term))

    def blank(self, label: str) -> CheckedTerm:
        """A blank node of this document; `label` is a valid label."""
        return CheckedTerm(ox.BlankNode(f"{self._scope}.{label}"))

    def _subject(self, checked: CheckedTerm) -> Node:
        """A subject whose IRI cannot be mended becomes a blank node: what is said of it stays."""
        if isinstance(checked.term, ox.NamedNode | ox.BlankNode):
            return checked.term
        return ox.BlankNode(f"{self._scope}.{hashlib.sha256(checked.raw.encode()).hexdigest()}")

    def _named_node(self, value: str) -> CheckedTerm:
        if value.startswith(_RELATIVE):
            return self._relative(value.removeprefix(_RELATIVE))
        if _ABSOLUTE.match(value):
            return _valid(value) or _mended(value, value)
        text = value.strip(_AROUND)  # N-Triples has no base, so it came as it was written
        if _ABSOLUTE.match(text):
            return _mended(text, value)
        return _resolved(urljoin(self._base, text), value)

    def _relative(self, value: str) -> CheckedTerm:
        """An IRI that the parser resolved against the base."""
        written = value.removeprefix(urljoin(self._base, "."))
        text = written.strip(_AROUND)
        if text != written and _ABSOLUTE.match(text):  # ` http://…` is relative for a parser
            return _mended(text, written)
        return _resolved(value, written)

    def literal(self, value: str, language: str = "", datatype: str = "") -> CheckedTerm:
        """A literal; a text that no XML could hold has replacement characters."""
        text, problem, raw = value, "", ""
        if _CONTROL.search(text):
            text, problem, raw = _CONTROL.sub(REPLACEMENT, text), "control-character", ascii(text)
        if language:
            good = self._tag(language)
            if good != language:
                problem, raw = "language-mended", language
            return CheckedTerm(ox.Literal(text, language=good or None), problem, raw)
        if datatype in ("", _STRING):
            return CheckedTerm(ox.Literal(text), problem, raw)
        kind = self.named(datatype)
        if isinstance(kind.term, ox.NamedNode):
            term = ox.Literal(text, datatype=kind.term)
            return CheckedTerm(term, problem or kind.problem, raw or kind.raw)
        return CheckedTerm(ox.Literal(text), kind.problem, kind.raw)


def named_node(value: str) -> ox.NamedNode | None:
    """The IRI as a term, or None where it is invalid (RFC 3987)."""
    try:
        return ox.NamedNode(value)
    except ValueError:
        return None


def _valid(value: str) -> CheckedTerm | None:
    term = named_node(value)
    return CheckedTerm(term) if term else None


def _resolved(iri: str, raw: str) -> CheckedTerm:
    good = _valid(iri)
    return good._replace(problem="iri-relative", raw=raw) if good else _mended(iri, raw)


def _mended(iri: str, raw: str) -> CheckedTerm:
    term = named_node(mend(iri))
    return CheckedTerm(term, "iri-mended" if term else "iri-dropped", raw)


def mend(iri: str) -> str:
    """An absolute IRI with what no IRI may hold percent-encoded; letters of all scripts stay."""
    text = _ILLEGAL.sub(_encoded, iri.strip(_AROUND))
    start = _AUTHORITY.match(text)
    if start is None:
        return text
    body, mark, fragment = text[start.end() :].partition("#")
    rest = body + mark + fragment.replace("#", "%23")
    return start[0] + rest.replace("[", "%5B").replace("]", "%5D")


def _encoded(match: re.Match[str]) -> str:
    return quote(match[0], safe="")


def _language(tag: str) -> str:
    """A well-formed language tag in lower case, or "" where none can be made of it."""
    good = tag.strip().replace("_", "-").lower()
    try:
        ox.Literal("", language=good)
    except ValueError:
        return ""
    return good
