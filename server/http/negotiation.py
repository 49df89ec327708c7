"""Content negotiation (RFC 9110 §12.5).

The most specific range that matches an offer gives its quality, so `text/*, text/csv;q=0` excludes
only CSV. Among equal qualities a type that the client names takes precedence over one that only a
wildcard covers; then the server's order decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from graph.queries import Format
from graph.queries.model.formats import QLEVER, FormatKind, find, find_for_query, of_kind


@dataclass(frozen=True, slots=True)
class Offer:
    """A media type that the server can send, and the name of its format."""

    media_type: str
    name: str
    text: bool = False

    @property
    def content_type(self) -> str:
        """The value of Content-Type."""
        return f"{self.media_type}; charset=utf-8" if self.text else self.media_type


class MediaRange(NamedTuple):
    """One media range of an Accept header."""

    type: str
    subtype: str
    parameters: frozenset[tuple[str, str]]
    quality: float


def parse_accept(accept: str) -> list[MediaRange]:
    """The media ranges of an Accept header; malformed ones are ignored."""
    ranges = (_range(part) for part in accept.split(","))
    return [r for r in ranges if r is not None]


def _range(text: str) -> MediaRange | None:
    head, *rest = (part.strip() for part in text.split(";"))
    main, slash, sub = head.lower().partition("/")
    if not slash or not main or not sub or (main == "*" and sub != "*"):
        return None
    pairs = [p.partition("=") for p in rest]
    parameters = {k.strip().lower(): v.strip().strip('"').lower() for k, _, v in pairs if k}
    try:
        quality = float(parameters.pop("q", "1"))
    except ValueError:
        return None
    return MediaRange(main, sub, frozenset(parameters.items()), min(1.0, max(0.0, quality)))


_PARAMETERS = 100  # more than a range has; weighs a named type above any parameters


def _specificity(offer: Offer, accepted: MediaRange) -> int:
    """How specifically a range matches an offer; 0 if it does not.

    A wildcard is less specific than a name, whatever its parameters (RFC 9110 §12.5.1).
    """
    main, _, sub = offer.media_type.partition("/")
    if accepted.type not in {"*", main} or accepted.subtype not in {"*", sub}:
        return 0
    if not all(_carries(offer, *p) for p in accepted.parameters):
        return 0
    named = (accepted.type != "*") + (accepted.subtype != "*")
    return 1 + named * _PARAMETERS + min(len(accepted.parameters), _PARAMETERS - 1)


def _carries(offer: Offer, name: str, value: str) -> bool:
    """Whether an offer satisfies a parameter of a media range."""
    # A profile changes how a JSON-LD document is written, not what it states.
    if name == "profile":
        return offer.name == "jsonld"
    return value in _CARRIED.get(name, ())


# Everything is written in UTF-8, and in the newest version of its format if it needs that.
_CARRIED = {"charset": ("utf-8", "utf8"), "version": ("1.1", "1.2", "1.2-basic")}


def best(accept: str, offers: Sequence[Offer]) -> Offer | None:
    """The offer that the client prefers, or None if it accepts none of them.

    An empty header accepts everything.
    """
    ranges = parse_accept(accept) if accept.strip() else [MediaRange("*", "*", frozenset(), 1.0)]
    rated = [(*_rate(offer, ranges), -i) for i, offer in enumerate(offers)]
    quality, _, place = max(rated, default=(0.0, 0, 0))
    return offers[-place] if quality > 0 else None


def _rate(offer: Offer, ranges: Iterable[MediaRange]) -> tuple[float, int]:
    specificity, quality = max(
        ((_specificity(offer, r), r.quality) for r in ranges), default=(0, 0.0)
    )
    return (quality if specificity else 0.0), specificity


HTML = Offer("text/html", "html", text=True)
# Other names of our formats that clients use; the response then has the requested type.
_ALIASES: dict[FormatKind, tuple[tuple[str, str], ...]] = {
    "results": (
        ("application/json", "json"),
        ("text/json", "json"),
        ("application/xml", "xml"),
        ("text/xml", "xml"),
    ),
    "graph": (
        ("application/json", "jsonld"),
        ("application/xml", "rdf"),
        ("text/xml", "rdf"),
        ("application/turtle", "ttl"),
        ("application/x-turtle", "ttl"),
        ("text/plain", "nt"),
    ),
}


def _offer(chosen: Format) -> Offer:
    return Offer(chosen.media_type, chosen.name, chosen.text)


def _offers(kind: FormatKind, *, html: bool) -> list[Offer]:
    own = [_offer(f) for f in of_kind(kind)]
    aliases = [Offer(t, name, t.startswith("text/")) for t, name in _ALIASES[kind]]
    return own + ([HTML] if html else []) + aliases


OFFERS: dict[FormatKind, list[Offer]] = {
    "results": _offers("results", html=True),
    "graph": _offers("graph", html=True),
}
_OF_QUERY = {"results": OFFERS["results"], "graph": [*OFFERS["graph"], _offer(QLEVER)]}


@lru_cache(maxsize=512)
def for_query(kind: FormatKind, accept: str, name: str = "") -> Offer | None:
    """The media type for a query's result; `?format=` (a name or media type) overrides Accept."""
    chosen = find_for_query(kind, name) if name else None
    if chosen is not None:
        return _offer(chosen)
    return _named(kind, name) if name else best(accept, _OF_QUERY[kind])


@lru_cache(maxsize=512)
def for_description(accept: str, name: str = "") -> Offer | None:
    """The media type for a description of the service: RDF by default, a page for browsers."""
    return _named("graph", name) if name else best(accept, OFFERS["graph"])


@lru_cache(maxsize=512)
def for_document(accept: str, name: str = "") -> Offer | None:
    """The media type for a resource: a page by default, or any graph format or CSV."""
    if name:
        return _named("graph", name) or (CSV if name in {"csv", CSV.media_type} else None)
    return best(accept, [HTML, *(o for o in OFFERS["graph"] if o is not HTML), CSV])


def _named(kind: FormatKind, name: str) -> Offer | None:
    if name in {"html", HTML.media_type}:
        return HTML
    chosen = find(kind, name)
    return None if chosen is None else _offer(chosen)


_csv = find("results", "csv")
assert _csv is not None
CSV = _offer(_csv)
