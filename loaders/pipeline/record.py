"""The values between a source's bytes and its statements: captures, records, statements.

capture (bytes) → record (with a locator) → statements (each with the rule that made it)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, BinaryIO, NamedTuple, cast

import pyoxigraph as ox

from graph.archive import Archive
from graph.core.errors import InputError
from loaders.captures import files
from vocab.terms import Object

WHOLE_LIMIT = 64 << 20
"""The largest capture that `Capture.data` gives, in bytes. Readers of larger ones stream."""

_PIECE = 1 << 20  # bytes
_NOTHING: Mapping[str, Any] = MappingProxyType({})

STATED = "stated"
INFERRED = "inferred"

Subject = ox.NamedNode

RecordKey = tuple[str, str]
"""A record: digest of its capture, locator in it."""


@dataclass(frozen=True, slots=True)
class Capture:
    """The bytes of one response or file.

    `digest` is their SHA-256 in hex; `name` is the source's name for it (`search/1.json`); `url` is
    where it was requested, `final` where it came from after redirects, if there were any;
    `media_type` has no parameters, `charset` is the one that the Content-Type header states.
    `content` is the bytes, or the archive to read them from, then with their number as `size`.
    `stale` is set where its request failed, and this is the last answer that there was. `kept` is
    the time (RFC 3339) of the earlier run that it came in, where the loader keeps it (`kept` of
    `loaders.pipeline.protocol.Loader`).
    """

    digest: str
    name: str
    url: str
    media_type: str
    content: bytes | Archive = field(repr=False)
    charset: str = ""
    final: str = ""
    size: int = 0
    stale: bool = False
    kept: str = ""

    @property
    def data(self) -> bytes:
        """All bytes of a capture of at most WHOLE_LIMIT, read anew each time.

        For syntaxes that have to be read whole. Raises what `whole` raises.
        """
        return self.whole(WHOLE_LIMIT)

    def whole(self, limit: int) -> bytes:
        """All bytes, of which there are at most `limit`.

        Raises InputError for a larger capture, and IntegrityError where the archive lacks them or
        they are damaged.
        """
        self.check_size(limit)
        with self.open() as file:
            return file.read()

    def check_size(self, limit: int) -> None:
        """Raise InputError for a capture of more than `limit` bytes."""
        if self.length > limit:
            raise InputError(
                f"{self.length >> 20:,} MiB, and this syntax is read whole, up to "
                f"{limit >> 20:,} MiB",
                where=self.name,
                hint="Ask for it in pages or parts, as CSV, or as N-Triples without blank nodes.",
            )

    def open(self) -> BinaryIO:
        """The bytes as a stream, from the start; use it in a `with` block.

        Raises IntegrityError where the archive lacks them or they are damaged; that they are
        others than the digest says is known at their end.
        """
        return files.stream(self.content, self.digest)

    def mentions(self, *parts: bytes) -> set[bytes]:
        """Which of some short byte strings occur in it, however large it is."""
        left, found, end = {*parts}, set[bytes](), b""
        with self.open() as file:
            while left and (data := file.read(_PIECE)):
                seen = end + data
                found |= {part for part in left if part in seen}
                left -= found
                end = seen[-max(map(len, parts)) :]
        return found

    def file(self) -> BinaryIO:
        """The bytes as a seekable file with a descriptor; use it in a `with` block.

        The first call in a process copies them to a file without a name, which later calls share:
        it costs a decompression and the size of the capture on disk. Raises what `open` raises.
        """
        return files.copy(self.content, self.digest).open()

    @contextmanager
    def path(self) -> Iterator[str]:
        """The path of the same copy while the block runs, for libraries that open a path: they
        read files of Python whole."""
        held = files.copy(self.content, self.digest)
        yield held.path

    @property
    def address(self) -> str:
        """The address that relative addresses in it are relative to (RFC 3986 §5.1.3)."""
        return self.final or self.url

    @property
    def length(self) -> int:
        """The number of bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.size


class Record(NamedTuple):
    """One item of a capture, with its exact position.

    `locator` is an RFC 7111 fragment (`row=7`), a JSON Pointer (`/value/3`) or an RFC 5147
    fragment (`char=3,9`). `kind` and `data` are the loader's own. Others depend on a `critical`
    record (a table's dataset and structure): if it is rejected, nothing is published.
    """

    capture: Capture
    locator: str
    kind: str
    data: Mapping[str, Any] = _NOTHING
    critical: bool = False

    @property
    def location(self) -> str:
        """File and position in it, for error messages."""
        return f"{self.capture.name}#{self.locator}"

    @property
    def key(self) -> RecordKey:
        """What identifies the record within a load."""
        return self.capture.digest, self.locator


class Statement(NamedTuple):
    """One triple, the name of the rule that made it, and its layer (STATED or INFERRED)."""

    subject: Subject
    predicate: ox.NamedNode
    object: Object
    rule: str
    layer: str = STATED


class WrittenStatements(NamedTuple):
    """Statements about one subject whose other terms are written already.

    `texts` are predicate and object as N-Triples with a space between, `rules` the rule of each.
    For tables of many rows (`loaders.formats.written_columns`): terms that occur in many rows
    are written once, and no object is made for a statement.
    """

    subject: Subject
    texts: Sequence[str]
    rules: Sequence[str]
    layer: str = STATED

    def parsed(self) -> Iterator[Statement]:
        """The same, one by one, for who looks at them."""
        document = "".join(f"{self.subject} {text} .\n" for text in self.texts)
        parsed = ox.parse(document, ox.RdfFormat.N_TRIPLES)
        for triple, rule in zip(parsed, self.rules, strict=True):
            value = cast(Object, triple.object)
            yield Statement(self.subject, triple.predicate, value, rule, self.layer)


@dataclass(frozen=True, slots=True)
class LoadFinding:
    """Something that a loader met and that people should know of, beside the data.

    `kind` is a kind of `shapes/loading/kinds.ttl`. `subject` is the dataset that it is about, or
    the source's IRI where it is about none. `place` is file and position (`Record.location`),
    `detail` what stood there, without personal data. One finding is published for each subject and
    kind, with the sum of the counts and the first place.
    """

    kind: str
    subject: ox.NamedNode
    place: str
    count: int = 1
    detail: str = ""


Mapped = Statement | WrittenStatements | LoadFinding
"""What a loader makes of a record."""


class Skipped(Exception):
    """A record that is left out on purpose. The message names the rule."""


class Rejected(Exception):
    """A record that cannot be mapped. The message says what is wrong and what to do.

    `finding` is published in its place, if there is one.
    """

    def __init__(self, message: str, finding: LoadFinding | None = None) -> None:
        super().__init__(message)
        self.finding = finding
