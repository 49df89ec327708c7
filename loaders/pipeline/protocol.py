'''The functions that a loader offers.

A loader is a module with two functions: `records` splits captures into records, `statements` maps
one record. The pipeline does everything else: it fetches, archives, logs, validates, compares and
publishes. Both functions run in a forked process with limits of memory and time and without network
(`graph.core.limited_process`), since what they read is foreign: state in a module is lost. What to
fetch next, it may say in a third (`Loader`).

To add a loader:

1. Write the module. What one agency's system emits belongs in `loaders/systems/`; a syntax or
   protocol that any agency may use belongs in `loaders/formats/`.
2. Give it a name in LOADERS (`loaders/descriptions/loader_names.py`). If it has options of its own,
   state them in its attribute OPTIONS (`loaders/formats/pxweb/options.py` is an example).
3. Say what each of its rules does, in Mongolian and English: a line in `loaders/mapping_rules.tsv`
   (with the name of the loader where the same rule means something else in others).
4. Describe a source that names it (`loaders/pipeline/source.py` has all keys), in
   `loaders/sources/` or in a file of your own: `ulzii load FILE.toml`.
5. Test the statements of a small capture, and each fault that its input may have
   (`tests/test_admin_units.py` is an example).

A complete loader for a CSV file with the columns `id` and `name`, which is run by
`tests/test_loader_protocol.py`:

    """Registers of an agency, from its CSV list."""

    from __future__ import annotations

    from collections.abc import Iterator, Sequence

    import pyoxigraph as ox

    from loaders.formats.csv import rows
    from loaders.formats.mapping import Field, apply, code, text
    from loaders.pipeline.protocol import LoaderContext
    from loaders.pipeline.record import Capture, Record, Rejected, Statement
    from vocab.namespaces import DCT

    # property, column, converter, and the name of the rule: each statement is traced to it
    FIELDS = (
        Field(DCT.identifier, "id", code, "identifier"),
        Field(DCT.title, "name", text("mn"), "title"),
    )

    def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
        """One record per row. `rows` raises InputError with file, row and column."""
        for capture in captures:
            for number, cells in rows(capture, ["id", "name"]):
                yield Record(capture, f"row={number}", "register", cells)

    def statements(record: Record, context: LoaderContext) -> Iterator[Statement]:
        """Identifier and title of a register."""
        if not record.data["name"].strip():
            raise Rejected(f"{record.location} name: empty; ask the agency for the name")
        key = f"{context.source.id}/{record.data['id']}"
        yield from apply(FIELDS, ox.NamedNode(f"{context.names.base}id/register/{key}"), record)

Its source, in a TOML file:

    id = "registers"
    loader = "registers"
    files = ["registers.csv"]
    media_type = "text/csv"
    [title]
    mn = "Бүртгэлүүд"
    en = "Registers"
'''

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import pyoxigraph as ox

from graph.core import limited_process
from graph.core.errors import ConfigError
from graph.core.iris import Names
from loaders.descriptions.loader_names import LOADERS
from loaders.fetching.model import FetchRequest
from loaders.pipeline.record import Capture, Mapped, Record
from loaders.pipeline.source import Source
from vocab.terms import Object


class EarlierLines(Protocol):
    """The published version of a source, before the one that is made now."""

    def lines(self, layer: str) -> Iterator[bytes]:
        """The canonical lines of a layer."""


class OtherSources(Protocol):
    """What other sources have published."""

    def holds(self, subject: str, predicate: str, value: str) -> bool:
        """Whether another source states a triple; terms are N-Triples text."""

    def sources_stating(
        self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Object
    ) -> set[str]:
        """The other sources that state a triple."""

    def subjects(self, predicate: ox.NamedNode, value: Object) -> set[ox.NamedNode]:
        """What has a property with this value in another source."""

    def objects(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> set[Object]:
        """The values of a property in other sources."""


@dataclass(frozen=True, slots=True)
class LoaderContext:
    """All that a mapping may depend on besides the captures: its source and the instance's IRIs.

    Nothing else, so that the same bytes and the same mapping give the same statements. But names
    and dates of a foreign catalogue are kept from its `previous` version, None before the first,
    and it is compared with `others`. `fetched` is when the captures came (RFC 3339).
    """

    source: Source
    names: Names
    previous: EarlierLines | None = None
    others: OtherSources | None = None
    fetched: str = ""


class Loader(Protocol):
    """The two functions of a loader module.

    It may have a third, `requests`, where what to fetch next depends on what came (pages of a list,
    details of its items, a tree, chunks of a table):

        def requests(context: LoaderContext, answers: Sequence[Capture]) -> Iterable[FetchRequest]:

    First everything is fetched that the source's description names (`files`,
    `[[options.requests]]`). Then `requests` is called with the answers of URLs so far, in the order
    of their requests, and what it gives is fetched; and so on, until it gives no request that was
    not sent before. It may therefore repeat earlier requests. It is not called for local files. It
    raises InputError for an answer that is broken or a list that is not whole: then the run failed.
    It runs like the other two, in a process with limits.

    Where one detail fails, the last answer stands in for it (`FetchRequest.detail`). What else
    counts as failed, such as an error page with status 200, a loader says by

        def detail_problem(context: LoaderContext, answer: Capture) -> str:

    which is empty for an answer that can be used.

    Where a retrieval has only a part of the data, what earlier ones had besides counts on. Then

        def kept(
            context: LoaderContext, earlier: Sequence[Capture], now: Sequence[Capture]
        ) -> Iterable[Capture]:

    gives those captures of the published version that are still needed beside those that came now;
    they are mapped with these, and marked (`Capture.kept`). It is asked at the end of a run.

    A loader whose `files` are not simply requested, such as the base address of an API, has

        def first_request(source: Source, address: str) -> FetchRequest:
    """

    def records(self, captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
        """All records of all captures, in order.

        Raises InputError (file, row, column) when the input as a whole is broken: the load goes
        into quarantine and nothing is published.
        """

    def statements(self, record: Record, context: LoaderContext) -> Iterator[Mapped]:
        """The statements of one record, and what people should know of it (LoadFinding).

        Raises Rejected for a record that cannot be mapped, Skipped for one that is left out on
        purpose. Both are counted, and the load goes on.
        """


def further_requests(
    loader: Loader, context: LoaderContext
) -> Callable[[Sequence[Capture]], list[FetchRequest]] | None:
    """The function `requests` of a loader for its context, run in a process with limits; None for a
    loader without one."""
    ask = getattr(loader, "requests", None)
    if ask is None:
        return None

    def run(answers: Sequence[Capture]) -> list[FetchRequest]:
        limits = limited_process.limits_for(sum(one.length for one in answers))
        return limited_process.run(
            lambda _: list(ask(context, answers)), limits, where=answers[-1].name
        )

    return run


def detail_problems(
    loader: Loader, context: LoaderContext
) -> Callable[[Sequence[Capture]], list[str]] | None:
    """The function `detail_problem` of a loader for many answers, likewise."""
    problem = getattr(loader, "detail_problem", None)
    if problem is None:
        return None

    def run(answers: Sequence[Capture]) -> list[str]:
        limits = limited_process.limits_for(sum(one.length for one in answers))
        return limited_process.run(
            lambda _: [problem(context, one) for one in answers], limits, where=answers[-1].name
        )

    return run


def kept_captures(
    loader: Loader, context: LoaderContext
) -> Callable[[Sequence[Capture], Sequence[Capture]], list[int]] | None:
    """The function `kept` of a loader, likewise; it gives the positions among the earlier ones."""
    choose = getattr(loader, "kept", None)
    if choose is None:
        return None

    def run(earlier: Sequence[Capture], now: Sequence[Capture]) -> list[int]:
        def positions(_: object) -> list[int]:
            chosen = {id(one) for one in choose(context, earlier, now)}
            return [number for number, one in enumerate(earlier) if id(one) in chosen]

        limits = limited_process.limits_for(sum(one.length for one in (*earlier, *now)))
        return limited_process.run(positions, limits, where=earlier[-1].name)

    return run


def first_request(source: Source, address: str) -> FetchRequest:
    """The request for an address among the files of a source, as its loader words it: with an
    Accept header, with the parameters of a protocol. By default a GET of the address.

    Raises ConfigError when there is no loader of that name.
    """
    word = getattr(find_loader(source), "first_request", None)
    plain = FetchRequest(address.rsplit("/", 1)[-1] or address, address)
    return cast(FetchRequest, word(source, address)) if word else plain


def find_loader(source: Source) -> Loader:
    """The loader that a source names.

    Raises ConfigError when there is no loader of that name.
    """
    return cast(Loader, importlib.import_module(module_name(source)))


def module_name(source: Source) -> str:
    """The dotted name of the loader module that a source names.

    Raises ConfigError when there is no loader of that name.
    """
    try:
        return LOADERS[source.loader]
    except KeyError as error:
        raise ConfigError(
            f"there is no loader “{source.loader}”",
            where=f"{source.path} loader",
            hint=f"Choose one of: {', '.join(LOADERS)}.",
        ) from error
