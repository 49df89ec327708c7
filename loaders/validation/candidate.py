"""The argument of `ulzii validate`: a file, a URL, or the published version of a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox

from graph.archive import Archive
from graph.core.errors import ConfigError, InputError
from graph.core.instance import Instance
from graph.core.iris import ROOT, Names
from graph.ledger import Event, Ledger
from graph.outbound.download import Downloader, DownloadError, DownloadRequest
from graph.outbound.fetch_settings import FetchSettings
from graph.statements import layer
from graph.versions.state import State, state
from loaders.validation import code_lists
from loaders.validation.catalogue_document import CatalogueDocument, ReadingResult, read
from vocab.literals import PROFILE_DATATYPES, with_profile_datatype

_ACCEPT = (
    "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.9, application/trig;q=0.8, "
    "application/n-triples;q=0.8, application/json;q=0.5, */*;q=0.1"
)
_LIMITS = FetchSettings(max_unpacked_mib=512, max_seconds=600)
_RESTATED = frozenset(str(predicate).encode() for predicate in PROFILE_DATATYPES)


@dataclass(frozen=True, slots=True)
class CandidateDocument:
    """N-Triples lines to validate, and reference lines that rules may look at.

    `iri` identifies the exact bytes or version; `locations` has the position of each subject
    (loaders.validation.catalogue_document), `problems` what was met while it was read,
    `datasets` their number where it was counted.
    """

    name: str
    syntax: str
    iri: str
    lines: Iterable[bytes]
    reference: Iterable[bytes]
    locations: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[ReadingResult] = ()
    datasets: int | None = None


def from_file(path: Path) -> CandidateDocument:
    """The candidate in a file.

    Raises InputError when it cannot be read or parsed.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", where=str(path)) from error
    return _candidate(read(path.name, data))


def from_url(url: str, *, allow_private: bool = False) -> CandidateDocument:
    """The candidate at a URL; RDF is asked for by content negotiation.

    Hosts in private networks are refused unless `allow_private` is set. Raises InputError when the
    response is neither RDF nor data.json, or exceeds a limit.
    """
    try:
        with Downloader(_LIMITS, allow_private=allow_private) as downloader:
            response = downloader.download(DownloadRequest(url, accept=_ACCEPT))
    except DownloadError as error:
        raise InputError(str(error), where=error.url, hint=_hint(error)) from error
    if response.status != 200:
        hint = "Harvesters get the same response. The URL must answer 200 to everybody."
        raise InputError(f"HTTP status {response.status}", where=response.url, hint=hint)
    content_type = Message()
    content_type["Content-Type"] = response.content_type
    media = response.content_type.split(";")[0].strip().lower()
    encoding = str(content_type.get_content_charset(""))
    parts = urlsplit(response.url)
    name = parts.path.rsplit("/", 1)[-1] or parts.netloc
    return _candidate(read(name, response.data, media, response.url, encoding))


def _hint(error: DownloadError) -> str:
    return {
        "refused": "Harvesters cannot reach it. To validate it all the same: --allow-private.",
        "size": "Download and validate the file, or validate it page by page.",
    }.get(error.reason, "Check that the URL is right and open to the public.")


def _candidate(document: CatalogueDocument) -> CandidateDocument:
    return CandidateDocument(
        name=document.name,
        syntax=document.syntax,
        iri=Names(ROOT).capture(document.digest),
        lines=document.lines,
        reference=code_lists.codes(),
        locations=document.locations,
        problems=document.problems,
        datasets=document.datasets,
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
