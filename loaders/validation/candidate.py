"""What `ulzii validate` is given: a file, an address, or the published version of a source."""

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
from graph.ledger import Event, Ledger
from graph.statements import layer
from graph.versions.state import State, state
from loaders.pipeline.capture import USER_AGENT
from loaders.validation import code_lists
from loaders.validation.catalogue_document import CatalogueDocument, read
from vocab.literals import PROFILE_DATATYPES, with_profile_datatype

_ACCEPT = (
    "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.9, application/trig;q=0.8, "
    "application/n-triples;q=0.8, application/json;q=0.5, */*;q=0.1"
)
_TIMEOUT = 60.0
_LARGEST = 512 << 20
_RESTATED = frozenset(str(predicate).encode() for predicate in PROFILE_DATATYPES)


@dataclass(frozen=True, slots=True)
class CandidateDocument:
    """N-Triples lines to be checked, and what is known beside them.

    `iri` names the very bytes or version; `places` says where subjects stand
    (loaders.validation.catalogue_document).
    """

    name: str
    syntax: str
    iri: str
    lines: Iterable[bytes]
    reference: Iterable[bytes]
    places: Mapping[str, str] = field(default_factory=dict)


def from_file(path: Path) -> CandidateDocument:
    """A file.

    Raises InputError where it cannot be read or understood.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", where=str(path)) from error
    return _document(read(path.name, data))


def from_address(url: str) -> CandidateDocument:
    """What an address answers, asked for as RDF.

    Raises InputError where it does not answer with RDF or data.json.
    """
    try:
        answer = _get(url)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        text = str(error) or type(error).__name__
        raise InputError(text, where=url, hint="Is the address right, and open to all?") from error
    media = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
    name = answer.url.path.rsplit("/", 1)[-1] or answer.url.host
    return _document(read(name, answer.content, media, str(answer.url)))


def _get(url: str) -> httpx2.Response:
    headers = USER_AGENT | {"Accept": _ACCEPT}
    with (
        httpx2.Client(headers=headers, timeout=_TIMEOUT, follow_redirects=True) as client,
        client.stream("GET", url) as answer,
    ):
        if answer.status_code != 200:
            hint = "Portals that harvest get the same answer; let it answer 200 to everybody."
            raise InputError(f"HTTP status {answer.status_code}", where=url, hint=hint)
        body = bytearray()
        for block in answer.iter_bytes():
            body += block
            if len(body) > _LARGEST:
                hint = "Download it and check the file, or check it page by page."
                raise InputError(f"more than {_LARGEST >> 20} MiB", where=url, hint=hint)
        content_type = {"Content-Type": answer.headers.get("Content-Type", "")}
        return httpx2.Response(
            200, headers=content_type, content=bytes(body), request=answer.request
        )


def _document(found: CatalogueDocument) -> CandidateDocument:
    iri = Names(ROOT).capture(found.digest)
    known = code_lists.codes()
    return CandidateDocument(found.name, found.syntax, iri, found.lines, known, found.places)


def from_source(instance: Instance, source: str) -> CandidateDocument:
    """The published version of a source, in the export view: datatypes as profiles demand them.

    The reference is what it was checked with when it was loaded, and the code lists.
    Raises ConfigError where nothing of that name is published.
    """
    ledger = Ledger(instance)
    published = state(list(ledger))
    if source not in published:
        raise ConfigError(
            f"“{source}” is no file and no published source",
            hint=f"Published are: {', '.join(sorted(published)) or 'none'}.",
        )
    archive, load = Archive(instance.archive), published[source]
    checked = ledger.last("Validate", source)
    names = [n for n in (checked["references"] if checked else ()) if n in published]
    iri = instance.names.version(source, load["version"])
    reference = _reference(archive, published, names)
    return CandidateDocument(
        source, f"version {load['version']}", iri, _told(archive, load), reference
    )


def _reference(archive: Archive, published: State, names: list[str]) -> Iterator[bytes]:
    for name in names:
        yield from _told(archive, published[name])
    yield from code_lists.codes()


def _told(archive: Archive, load: Event) -> Iterator[bytes]:
    for part in (layer.STATED, layer.INFERRED):
        for line in layer.read(archive, load["layers"][part]["lines"]):
            yield _restated(line) if line.split(b" ", 2)[1] in _RESTATED else line


def _restated(line: bytes) -> bytes:
    for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES):
        value = with_profile_datatype(quad.predicate, quad.object)
        return f"{quad.subject} {quad.predicate} {value} .".encode()
    return line
