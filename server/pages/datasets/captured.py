"""The archived files of a dataset's source, its own first, page by page."""

from __future__ import annotations

from flask import render_template, request

from server.core.context import AppContext
from server.datasets import facts, files, versions
from server.datasets.described import DescribedDataset
from server.http.problem_details import HttpProblem
from vocab.namespaces import DCT

AT_ONCE = 100


def page(context: AppContext, described: DescribedDataset, path: str) -> str:
    """A page of the files. Raises HttpProblem (404) for a page that there is not."""
    digests = files.captures(context.pool, described.entry.iri)
    found = versions.captured(context.instance, described.entry.source, digests)
    pages = max(1, -(-len(found) // AT_ONCE))
    number = request.args.get("page", 1, type=int)
    if not 1 <= number <= pages:
        raise HttpProblem(404, f"there is no page {number}", detail_mn=f"{number}-р хуудас алга")
    shown = found[(number - 1) * AT_ONCE : number * AT_ONCE]
    return render_template(
        "datasets/captured.html",
        path=path,
        dataset=described,
        titles=facts.texts(described, DCT.title) or {"": described.entry.identifier},
        own=[one for one in shown if one.sha256 in digests],
        others=[one for one in shown if one.sha256 not in digests],
        first=(number - 1) * AT_ONCE + 1,
        last=(number - 1) * AT_ONCE + len(shown),
        total=len(found),
        number=number,
        pages=pages,
        page_href=lambda n: f"?view=files&page={n}",
    )
