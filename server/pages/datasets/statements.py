"""The statements about a dataset and its parts, page by page."""

from __future__ import annotations

from itertools import islice

import pyoxigraph as ox
from flask import render_template, request

from graph.queries import ResourceDocument
from graph.queries.model.query import COUNTED
from server.core.context import AppContext
from server.datasets import facts
from server.datasets.described import DescribedDataset
from server.http.problem_details import HttpProblem
from server.sparql import tables
from server.sparql.labels import labels
from server.sparql.tables import Grouped
from vocab.namespaces import DCT

AT_ONCE = 100


def page(context: AppContext, described: DescribedDataset, path: str) -> str:
    """A page of the statements. Raises HttpProblem (400) for a page that there is not.

    Pages reach as far as statements are counted (COUNTED); the data formats hold all of them.
    """
    number = _number(request.args.get("page", "1"))
    document = ResourceDocument(described.entry.iri, "nt", number * AT_ONCE)
    with context.pool.run(document) as answer:
        total = answer.total
        shown = [*islice(tables.read_triples(answer), (number - 1) * AT_ONCE, number * AT_ONCE)]
    if not shown and number > 1:
        raise HttpProblem(
            400,
            f"there is no page {number} of statements",
            detail_mn=f"мэдүүлгийн {number} дугаар хуудас алга",
        )
    grouped = tables.group_by_subject(shown)
    return render_template(
        "datasets/statements.html",
        path=path,
        iri=described.entry.iri,
        dataset=described,
        titles=facts.texts(described, DCT.title) or {"": described.entry.identifier},
        statements=grouped,
        labels=labels(context, _iris(grouped)),
        is_iri=lambda term: isinstance(term, ox.NamedNode),
        first=(number - 1) * AT_ONCE + 1,
        last=(number - 1) * AT_ONCE + len(shown),
        total=total,
        counted=total < COUNTED,
        number=number,
        pages=-(-min(total, COUNTED) // AT_ONCE),
        page_href=lambda n: f"?view=statements&page={n}",
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= COUNTED // AT_ONCE):
        raise HttpProblem(
            400,
            f"“page” is a number from 1 to {COUNTED // AT_ONCE}",
            detail_mn=f"“page” нь 1-ээс {COUNTED // AT_ONCE} хүртэлх тоо байна",
        )
    return int(text)


def _iris(statements: Grouped) -> list[str]:
    found = dict[str, None]()
    for properties in statements.values():
        for name, values in properties.items():
            found[name] = None
            found.update((v.value, None) for v in values if isinstance(v, ox.NamedNode))
    return list(found)
