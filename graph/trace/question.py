"""What a trace is asked for: a statement as text, a statement's IRI, or an entity."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyoxigraph as ox

from graph.core.errors import ConfigError
from graph.core.iris import Names
from graph.statements import canonical
from vocab.prefixes import WELL_KNOWN

LONGEST = 100_000  # characters of a question
_NAME = r"(?:[A-Za-z][\w.-]*)?:(?:[\w.%:/~-]*[\w%/~-])?"
_IRI = r"<[^<>\"{}|^`\\\s]*>"
_STRING = r'"(?:[^"\\\n\r]|\\.)*"'
_THING = rf"{_IRI}|{_NAME}"
_VALUE = (
    rf"{_THING}|{_STRING}(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\^\^(?:{_THING}))?"
    r"|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false"
)
# only these tokens reach the parser: no brackets, so nothing that nests
_STATEMENT = re.compile(rf"\s*({_THING})\s+(a|{_THING})\s+({_VALUE})\s*\.?\s*")
_DIGEST = re.compile(r"(?:.*/statement/)?sha256-([0-9a-f]{64})")
_HINT = (
    "Ask for a statement ('SUBJECT PREDICATE OBJECT' in N-Triples or Turtle), a statement's IRI "
    "(…/statement/sha256-…), or the IRI of a thing."
)


_HINT_OF_THING = "Give the IRI of a thing, whole or relative to the base: </id/place/065>."


@dataclass(frozen=True, slots=True)
class Question:
    """One of: a canonical `line`, the `digest` of one, or an `entity` (its IRI)."""

    line: bytes = b""
    digest: str = ""
    entity: str = ""


def parse(text: str, names: Names) -> Question:
    """What a text asks for.

    IRIs may be relative to the base (`</id/place/065>`) or have one of the usual prefixes.
    Raises ConfigError for a text that is none of the three.
    """
    asked = text.strip()
    if not asked or len(asked) > LONGEST:
        raise ConfigError("this is not a statement, and not an IRI", hint=_HINT)
    if match := _DIGEST.fullmatch(asked.strip("<>")):
        return Question(digest=match[1])
    if match := _STATEMENT.fullmatch(asked):
        return Question(line=_line(match, asked, names))
    return Question(entity=_entity(asked, names))


def entity(text: str, names: Names) -> str:
    """The IRI of the thing that a text names, as in `parse`. Raises ConfigError where it names
    none."""
    asked = text.strip()
    if not asked or len(asked) > LONGEST:
        raise ConfigError("this is not an IRI", where=asked[:200], hint=_HINT_OF_THING)
    return _entity(asked, names)


def _line(match: re.Match[str], asked: str, names: Names) -> bytes:
    try:
        quads = _turtle(" ".join((*map(_local, match.groups()), ".")), names)
    except (SyntaxError, ValueError) as error:
        raise ConfigError(
            f"this is not a statement: {error}", where=asked[:200], hint=_HINT
        ) from error
    subject, predicate, value = quads[0].triple
    assert isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal)
    return canonical.normalise([canonical.line(subject, predicate, value)])[0]


def _local(term: str) -> str:
    """`</id/…>` is what pages link to: a path below the base, whatever path the base has itself."""
    return "<" + term[2:] if term.startswith("</") else term


def _turtle(text: str, names: Names) -> list[ox.Quad]:
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in WELL_KNOWN.items())
    return [*ox.parse(prefixes + text, ox.RdfFormat.TURTLE, base_iri=names.base)]


def _entity(asked: str, names: Names) -> str:
    iri = asked if re.fullmatch(_IRI, asked) else f"<{asked}>"
    is_name = re.fullmatch(_NAME, asked) and asked.partition(":")[0] in WELL_KNOWN
    term = asked if is_name else _local(iri)
    try:
        quads = _turtle(f"{term} a {term} .", names)
    except (SyntaxError, ValueError) as error:
        raise ConfigError(
            "this is not a statement, and not an IRI", where=asked[:200], hint=_HINT
        ) from error
    subject = quads[0].subject
    assert isinstance(subject, ox.NamedNode)
    return subject.value
