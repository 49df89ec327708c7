"""PX-Web tables (json-stat2) as RDF Data Cubes with DCAT metadata.

Captures: one answer per table and language. The language is the `mn` or `en` in its address or
name (`/api/v1/en/…`, `en.json`), the table the id in either (`DT_NSO_1001_109V1`). Everything a
table needs beside its answers stands in the source's TOML (loaders/formats/pxweb/table.py), so the
next table is a few lines there and no code.

Records: `/label` and the labels of dimensions and categories in each language, and `/value/{n}` of
the English answer, one observation each, held against the Mongolian one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import unquote

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.formats.json_strict import pointer
from loaders.formats.mapping import code, decimal
from loaders.formats.pxweb import describe, jsonstat, structure, table
from loaders.formats.pxweb.cube import Cube, CubeAxis, build
from loaders.formats.pxweb.jsonstat import JsonStatTable
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Rejected, Statement
from vocab.namespaces import QB, RDF, SDMX_ATTRIBUTE, SDMX_CODE, SDMX_MEASURE, SKOS

NSO_CELLS = 100_000
"""Values per request, by the terms of use of the National Statistics Office."""


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """Records of all tables.

    Raises InputError when an answer is broken, belongs to no described table, or the languages
    of a table do not fit together.
    """
    tables = table.read(context.source)
    limit = int(context.source.options.get("max_cells", NSO_CELLS))
    answers: dict[str, dict[str, JsonStatTable]] = {}
    for capture in captures:
        name, lang = _table_of(capture, tables), _language_of(capture)
        if lang in answers.setdefault(name, {}):
            first = answers[name][lang].capture.name
            raise InputError(f"{name} in “{lang}” a second time, after {first}", where=capture.name)
        answers[name][lang] = jsonstat.parse(capture, limit)
    for name, by_language in answers.items():
        yield from _records(build(tables[name], by_language, context))


def _table_of(capture: Capture, tables: Iterable[str]) -> str:
    for place in (unquote(capture.url), capture.name):
        for name in tables:
            if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", place):
                return name
    raise InputError(
        "no table of this source",
        where=capture.name or capture.url,
        hint="Describe the table under [options.tables] in the source's TOML.",
    )


# a whole segment of the path, or the last word of the name; never the end of a host (`1212.mn/`)
_LANGUAGE = re.compile(r"(?:^|(?<=[/#]))(mn|en)(?=/)|(?:^|(?<=[/.#]))(mn|en)(?=\.json$)")


def _language_of(capture: Capture) -> str:
    for place in (capture.url, capture.name):
        if found := _LANGUAGE.search(place):
            return found[0]
    raise InputError(
        "the language is not in the address or name",
        where=capture.name or capture.url,
        hint="Name the answer mn.json or en.json, or fetch it from …/api/v1/mn/….",
    )


def _records(cube: Cube) -> Iterator[Record]:
    for lang, answer in cube.answers.items():
        yield Record(answer.capture, "/label", "table", {"cube": cube, "lang": lang})
        for axis in cube.axes:
            yield from _labels(cube, axis, lang, answer)
    english = cube.answers["en"].capture
    for index in range(len(cube.answers["en"].values)):
        yield Record(english, f"/value/{index}", "observation", {"cube": cube, "index": index})


def _labels(cube: Cube, axis: CubeAxis, lang: str, answer: JsonStatTable) -> Iterator[Record]:
    """Areas are labelled by those who publish their scheme, years need one language only."""
    role, name = axis.axis.role, axis.axis.id
    data = {"cube": cube, "axis": axis, "lang": lang}
    if role == "concept":
        yield Record(answer.capture, pointer("dimension", name, "label"), "dimension", data)
    if role == "concept" or (role == "year" and lang == "en"):
        dimension = answer.dimension(name)
        for position, code_ in enumerate(dimension.codes):
            if code_ in dimension.labels:
                place = pointer("dimension", name, "category", "label", code_)
                yield Record(answer.capture, place, "category", {**data, "position": position})


def statements(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The statements of one record.

    Raises Rejected for a cell that is no number, or that the Mongolian answer gives otherwise.
    """
    return _KINDS[record.kind](record, context)


def _observation(record: Record, context: LoaderContext) -> Iterator[Statement]:
    cube, index = record.data["cube"], record.data["index"]
    answer = cube.answers["en"]
    _same_in_mongolian(cube, index, record)
    terms = cube.terms(index)
    node = ox.NamedNode("/".join([cube.iri, *(term.key for _, term in terms)]))
    yield Statement(node, RDF.type, QB.Observation, "observation")
    yield Statement(node, QB.dataSet, ox.NamedNode(cube.iri), "observation")
    for predicate, term in terms:
        yield Statement(node, predicate, term.node, "cell-key")
    value = answer.values[index]
    if value is None:
        # an empty cell is not 0: it stays an observation, without a measure
        yield Statement(node, SDMX_ATTRIBUTE.obsStatus, SDMX_CODE["obsStatus-M"], "empty-cell")
    else:
        yield Statement(node, SDMX_MEASURE.obsValue, _number(value, record), "cell-value")
    if index in answer.status:
        yield Statement(node, SKOS.note, code(answer.status[index]), "cell-symbol")


def _same_in_mongolian(cube: Cube, index: int, record: Record) -> None:
    other = cube.answers.get("mn")
    value = cube.answers["en"].values[index]
    if other is not None and other.values[index] != value:
        raise Rejected(
            f"{record.location} says {value}, {other.capture.name}#{record.locator} says "
            f"{other.values[index]}: fetch both languages again, or ask the agency which is right"
        )


def _number(value: object, record: Record) -> ox.Literal:
    try:
        return decimal(value) if not isinstance(value, str) else _refuse(value)
    except ValueError as error:
        raise Rejected(f"{record.location}: {error}; ask the agency what it means") from error


def _refuse(value: str) -> ox.Literal:
    raise ValueError(f"“{value}” is a text, not a JSON number")


_KINDS: dict[str, Callable[[Record, LoaderContext], Iterator[Statement]]] = {
    "table": lambda r, c: describe.table(r.data["cube"], r.data["lang"], c),
    "dimension": lambda r, c: structure.dimension(r.data["cube"], r.data["axis"], r.data["lang"]),
    "category": lambda r, c: structure.category(
        r.data["cube"], r.data["axis"], r.data["position"], r.data["lang"]
    ),
    "observation": _observation,
}
