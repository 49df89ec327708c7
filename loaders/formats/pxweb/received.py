"""The answers about tables, told apart: of which table, in which language, of which retrieval."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from graph.core.errors import InputError
from loaders.formats.pxweb import chunks, jsonstat
from loaders.formats.pxweb.chunks import TableMetadata
from loaders.formats.pxweb.jsonstat import JsonStatTable, composed
from loaders.formats.pxweb.table import PxTable
from loaders.pipeline.record import Capture


@dataclass(slots=True)
class Retrieval:
    """One retrieval of one table; `kept` is when it came, of those of earlier runs."""

    table: PxTable
    kept: str
    captures: list[Capture] = field(default_factory=list)
    metadata: dict[str, TableMetadata] = field(default_factory=dict)
    parts: dict[str, list[JsonStatTable]] = field(default_factory=dict)

    def add(self, capture: Capture, limit: int) -> None:
        """Take one more answer.

        Raises InputError for what is no answer of PX-Web, and for a second one of a whole table.
        """
        lang = language_of(capture)
        parts = self.parts.setdefault(lang, [])
        self.captures.append(capture)
        if metadata := chunks.read_metadata(capture):
            self.metadata[lang] = metadata
            return
        if parts and lang not in self.metadata:
            message = f"{self.table.id} appears again in “{lang}”, after {parts[0].capture.name}"
            raise InputError(message, where=capture.name)
        parts.append(jsonstat.parse(capture, limit))

    def responses(self) -> dict[str, JsonStatTable]:
        """The answers by language, chunks put together.

        Those that came now are compared with what was asked for. Raises what `chunks.merge` raises.
        """
        metadata = {} if self.kept else self.metadata
        selected = chunks.chosen(self.table, metadata)
        return {
            lang: chunks.merge(parts, metadata.get(lang), selected)
            for lang, parts in self.parts.items()
        }

    def restricted(self, english: JsonStatTable) -> frozenset[str]:
        """The dimensions of which not all values were asked for; without metadata none."""
        if "en" not in self.metadata:
            return frozenset()
        said = self.metadata["en"].variables
        announced = {composed(code): values for code, values in said.items()}
        asked = {one.name: one.codes for one in english.dimensions}
        return frozenset(name for name in asked if asked[name] != announced.get(name))


def retrievals(
    captures: Iterable[Capture], tables: Mapping[str, PxTable], limit: int
) -> list[list[Retrieval]]:
    """The retrievals of each table, the newest first.

    Raises InputError for what is no answer about a described table.
    """
    found: dict[str, dict[str, Retrieval]] = {}
    for capture in captures:
        name = table_of(capture, tables)
        of_table = found.setdefault(name, {})
        if capture.kept not in of_table:
            of_table[capture.kept] = Retrieval(tables[name], capture.kept)
        of_table[capture.kept].add(capture, limit)
    # what came now has no time, and is the newest
    return [
        [one[kept] for kept in sorted(one, key=lambda at: (not at, at), reverse=True)]
        for one in found.values()
    ]


def table_of(capture: Capture, tables: Iterable[str]) -> str:
    """The id of the described table that an answer is about.

    Raises InputError where there is none.
    """
    for text in (unquote(capture.url), capture.name):
        for name in tables:
            if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text):
                return name
    raise InputError(
        "this is not a table of the source",
        where=capture.name or capture.url,
        hint="Describe the table under [options.tables] in the source's TOML.",
    )


# a path segment, or the end of the file name; never the end of a host name (`1212.mn/`)
_LANGUAGE = re.compile(r"(?:^|(?<=[/#]))(mn|en)(?=/)|(?:^|(?<=[/.#]))(mn|en)(?=\.json$)")


def language_of(capture: Capture) -> str:
    """The language of an answer: mn or en. Raises InputError where nothing says it."""
    for text in (capture.url, capture.name):
        if match := _LANGUAGE.search(text):
            return match[0]
    raise InputError(
        "the language is not in the URL or name",
        where=capture.name or capture.url,
        hint="Name the file mn.json or en.json, or fetch it from …/api/v1/mn/….",
    )


def metadata_of(
    answers: Sequence[Capture], tables: Mapping[str, PxTable]
) -> dict[str, dict[str, TableMetadata]]:
    """The metadata among some answers, by table and language."""
    found: dict[str, dict[str, TableMetadata]] = {}
    for answer in answers:
        if metadata := chunks.read_metadata(answer):
            name = table_of(answer, tables)
            found.setdefault(name, {})[language_of(answer)] = metadata
    return found
