"""A SPARQL endpoint: how many datasets and files it has, then descriptions in pages.

Endpoints cut long answers without a word, so what came is compared with the numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from graph.core.errors import InputError
from loaders.catalogues.envelopes.sparql_results import first_row
from loaders.catalogues.protocols.linked_pages import RDF_FIRST, survey
from loaders.catalogues.protocols.rounds import Rounds
from loaders.catalogues.protocols.survey import check_total
from loaders.fetching.model import FetchRequest
from loaders.pipeline.record import Capture

_ROWS = 50
_RESULTS = "application/sparql-results+json"
_PAGE = re.compile(r"LIMIT \d+ OFFSET \d+")


def first_request(address: str, options: Mapping[str, Any]) -> FetchRequest:
    """The numbers that all pages are compared with."""
    return _query(address, "count", options, _RESULTS)


def _query(
    address: str, name: str, options: Mapping[str, Any], accept: str, start: int = 0
) -> FetchRequest:
    text = Path(__file__).with_name(f"{name}.rq").read_text("utf-8")
    graph = str(options.get("graph") or "")
    text = text.replace("#FROM", f"FROM <{graph}>" if graph else "")
    text = _PAGE.sub(f"LIMIT {_rows(options)} OFFSET {start}", text)
    return FetchRequest(name, address, form={"query": text}, headers={"Accept": accept})


def _rows(options: Mapping[str, Any]) -> int:
    return int(options.get("page_size") or _ROWS)


def further(
    newest: Sequence[Capture], rounds: Rounds, options: Mapping[str, Any]
) -> Iterable[FetchRequest]:
    """All pages, from the number of datasets.

    Raises InputError for an answer that is no number, and when less came than the endpoint has.
    """
    if rounds.last > 1:
        _check(rounds, options)
        return []
    requests = []
    for capture in newest:
        count = first_row(capture.name, capture.data).get("resources", 0)
        requests.append(_query(capture.url, "catalogue", options, RDF_FIRST))
        for start in range(0, count, _rows(options)):
            requests.append(_query(capture.url, "page", options, RDF_FIRST, start))
    return requests


def _check(rounds: Rounds, options: Mapping[str, Any]) -> None:
    if options.get("check_total", True) is False:
        return
    counts = [first_row(one.name, one.data) for one in rounds.of(1)]
    found = survey([one for one in rounds.answers if one not in rounds.of(1)])
    where = rounds.answers[0].url
    check_total(sum(one["resources"] for one in counts), len(found.resources), where)
    files = sum(one["files"] for one in counts)
    if len(found.files) < files:
        raise InputError(
            f"the endpoint has {files:,} files (dcat:distribution), but {len(found.files):,} came",
            where=where,
            hint="It cuts long answers: make page_size in [options] smaller.",
        )
