"""The argument of `ulzii validate`: a file, a URL, or the published version of a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pyoxigraph as ox

from graph.archive import Archive
from graph.core.errors import ConfigError, InputError
from graph.core.instance import Instance
from graph.core.iris import ROOT, Names
from graph.core.user_agent import USER_AGENT
from graph.ledger import Event, Ledger
from graph.statements import layer
from graph.versions.state import State, state
from loaders.validation import code_lists
from loaders.validation.catalogue_document import CatalogueDocument, read
from vocab.literals import PROFILE_DATATYPES, with_profile_datatype

_ACCEPT = (
    "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.9, application/trig;q=0.8, "
    "application/n-triples;q=0.8, application/json;q=0.5, */*;q=0.1"
)
_TIMEOUT = 60.0
_MAX_BYTES = 512 << 20
_RESTATED = frozenset(str(predicate).encode() for predicate in PROFILE_DATATYPES)


@dataclass(frozen=True, slots=True)
class CandidateDocument:
    """N-Triples lines to validate, and reference lines that rules may look at.

    `iri` identifies the exact bytes or version; `locations` has the position of each subject
    (loaders.validation.catalogue_document).
    """

    name: str
    syntax: str
    iri: str
    lines: Iterable[bytes]
    reference: Iterable[bytes]
    locations: Mapping[str, str] = field(default_factory=dict)


def from_file(path: Path) -> CandidateDocument:
    """The candidate in a file.

    Raises InputError when it cannot be read or parsed.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", where=str(path)) from error
    return _candidate(read(path.name, data))


def from_url(url: str) -> CandidateDocument:
    """The candidate at a URL; RDF is asked for by content negotiation.

    Raises InputError when the response is neither RDF nor data.json.
    """
    try:
        response = _get(url)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        text = str(error) or type(error).__name__
        raise InputError(
            text, where=url, hint="Check that the URL is right and open to the public."
        ) from error
    media = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    name = response.url.path.rsplit("/", 1)[-1] or response.url.host
    return _candidate(read(name, response.content, media, str(response.url)))


def _get(url: str) -> httpx2.Response:
    headers = {"User-Agent": USER_AGENT, "Accept": _ACCEPT}
    with (
        httpx2.Client(headers=headers, timeout=_TIMEOUT, follow_redirects=True) as client,
        client.stream("GET", url) as response,
    ):
        if response.status_code != 200:
            hint = "Harvesters get the same response. The URL must answer 200 to everybody."
            raise InputError(f"HTTP status {response.status_code}", where=url, hint=hint)
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk  # counted as it comes: Content-Length may be missing or wrong
            if len(body) > _MAX_BYTES:
                hint = "Download and validate the file, or validate it page by page."
                raise InputError(f"more than {_MAX_BYTES >> 20} MiB", where=url, hint=hint)
        content_type = {"Content-Type": response.headers.get("Content-Type", "")}
        return httpx2.Response(
            200, headers=content_type, content=bytes(body), request=response.request
        )


def _candidate(document: CatalogueDocument) -> CandidateDocument:
    return CandidateDocument(
        name=document.name,
        syntax=document.syntax,
        iri=Names(ROOT).capture(document.digest),
        lines=document.lines,
        reference=code_lists.codes(),
        locations=document.locations,
    )


def from_source(instance: Instance, source: str) -> CandidateDocument:
    """The published version of a source, with the datatypes that profiles demand, as in exports.

    The reference has the sources that it was validated with when it was loaded, and the code lists.
    Raises ConfigError when no source of that name is published.
    """
    ledger = Ledger(instance)
    published = state(list(ledger))
    if source not in published:
        raise ConfigError(
            f"“{source}” is neither a file nor a published source",
            hint=f"Published sources: {', '.join(sorted(published)) or 'none'}.",
        )
    archive, load = Archive(instance.archive), published[source]
    validation = ledger.last("Validate", source)
    names = [n for n in (validation["references"] if validation else ()) if n in published]
    return CandidateDocument(
        name=source,
        syntax=f"version {load['version']}",
        iri=instance.names.version(source, load["version"]),
        lines=_published_lines(archive, load),
        reference=_reference(archive, published, names),
    )


def _reference(archive: Archive, published: State, names: list[str]) -> Iterator[bytes]:
    for name in names:
        yield from _published_lines(archive, published[name])
    yield from code_lists.codes()


def _published_lines(archive: Archive, load: Event) -> Iterator[bytes]:
    for part in (layer.STATED, layer.INFERRED):
        for line in layer.read(archive, load["layers"][part]["lines"]):
            yield _restated(line) if line.split(b" ", 2)[1] in _RESTATED else line


def _restated(line: bytes) -> bytes:
    for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES):
        value = with_profile_datatype(quad.predicate, quad.object)
        return f"{quad.subject} {quad.predicate} {value} .".encode()
    return line
