"""The start page: loaded sources, findings, example queries; and the pages of problem types."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask import Blueprint, render_template

from graph.core.errors import ConfigError, QueryTimeout
from server.core.context import AppContext
from server.http import problem_details, problem_types
from server.sparql import internal_queries
from server.sparql.examples import examples
from server.sparql.internal_queries import QueryRow


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of the table of sources. `statements` counts all layers; None if not counted."""

    iri: str
    title: dict[str, str]
    current: str
    version: str
    time: str
    statements: int | None

    @property
    def reference(self) -> bool:
        """Whether it holds vocabularies, codes or rules rather than data of an agency."""
        return self.iri.rpartition("/")[2].startswith(_REFERENCE)


@dataclass(frozen=True, slots=True)
class Overview:
    """The content of one snapshot."""

    sources: list[SourceRow]
    numbers: dict[str, int]
    findings: list[tuple[str, dict[str, str]]]


EXAMPLES = 6  # shown on the start page; the page of examples has all
_REFERENCE = ("vocab-", "authority", "catalog", "codes", "examples", "rules")
_NUMBERS = ("datasets", "observations", "aimags", "soums", "findings_count")


def blueprint(context: AppContext) -> Blueprint:
    """`/`, and the pages of problem types."""
    part = Blueprint("start", __name__)

    @lru_cache(maxsize=2)  # a snapshot never changes
    def overview(_: str) -> Overview:
        return read_overview(context)

    @part.get("/")
    def start() -> str:
        try:
            content = overview(context.pool.snapshot())
        except ConfigError:  # nothing is published yet
            content = None
        shown = examples(context.instance.base)[:EXAMPLES]
        return render_template("home.html", overview=content, examples=shown)

    @part.get("/problem/<name>")
    def problem(name: str) -> str:
        if name not in problem_types.KINDS:
            raise problem_details.HttpProblem(404, "there is no such type of problem")
        return render_template(
            "problem.html", problem=problem_details.ProblemDetails(problem_types.KINDS[name], "")
        )

    return part


def read_overview(context: AppContext) -> Overview:
    """Query the current snapshot's content."""
    # Counting the statements themselves would take seconds on a large store.
    classes = internal_queries.count_from_void(context.pool, "resources/classes")
    counted = {row["kind"].value: int(row["number"].value) for row in classes}
    return Overview(
        sources=_sources(context),
        numbers={name: counted[name] for name in _NUMBERS if counted.get(name)},
        findings=[
            (row["finding"].value, _both(row))
            for row in internal_queries.select(context.pool, "resources/findings")
        ],
    )


def _both(row: QueryRow) -> dict[str, str]:
    return {language: row[language].value for language in ("mn", "en") if language in row}


def _sources(context: AppContext) -> list[SourceRow]:
    sizes = _sizes(context)
    return [
        SourceRow(
            iri=row["source"].value,
            title=_both(row),
            current=row["current"].value,
            version=row["version"].value,
            time=row["time"].value[:16].replace("T", " "),
            statements=_of_source(context, row["source"].value, sizes),
        )
        for row in internal_queries.select(context.pool, "resources/sources")
    ]


def _sizes(context: AppContext) -> dict[str, int]:
    """Statements by named graph; empty if counting exceeds the time limit of a query."""
    try:
        rows = internal_queries.count_from_void(context.pool, "resources/graphs")
    except QueryTimeout:
        return {}
    return {row["graph"].value: int(row["statements"].value) for row in rows}


def _of_source(context: AppContext, iri: str, sizes: dict[str, int]) -> int | None:
    own = context.instance.names.graph(iri.rpartition("/")[2])
    layers = [n for graph, n in sizes.items() if graph == own or graph.startswith(own + "/")]
    return sum(layers) if layers else None
