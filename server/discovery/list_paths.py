"""Search and lists in `/openapi.json`: their filters are the facets of what they list."""

from __future__ import annotations

from collections.abc import Iterator

from graph.lists.kinds import KINDS
from graph.lists.query import SORTS
from server.discovery.audit_paths import AuditPath, PathParameter
from server.pages.find.addresses import LISTS, SEARCH
from server.pages.find.source_facets import FACETS

_TYPES = ("text/html", "application/json", "text/csv", "text/turtle")
_TEXT = {"type": "string"}
_KEY = "Key of a value, as the list links it; `none` for things without one."


def _number(most: int) -> dict[str, object]:
    return {"type": "integer", "minimum": 1, "maximum": most}


_COMMON = (
    PathParameter("q", {"type": "string", "maxLength": 500}, "Words, found in any form."),
    PathParameter("sort", {"enum": list(SORTS)}, "Order: `new` is by the last change here."),
    PathParameter("page", _number(9_999_999), "Number of the page."),
    PathParameter("size", _number(1_000), "Things on a page of JSON, CSV or Turtle."),
    PathParameter("unfold", _TEXT, "A facet of which all values are shown."),
    PathParameter("format", {"enum": ["html", "json", "csv", "ttl"]}, "Format; beats Accept."),
)


def list_paths() -> Iterator[AuditPath]:
    """The addresses, with their parameters."""
    facets = sorted({facet for kind in KINDS.values() for facet in kind.facets})
    kind = PathParameter("kind", {"enum": list(KINDS)}, "What is searched; datasets by default.")
    filters = tuple(PathParameter(facet, _TEXT, _KEY) for facet in facets)
    missing = "There is no page of this number."
    yield AuditPath(SEARCH, "Search", _TYPES, (kind, *_COMMON, *filters), missing)
    for path, name in LISTS.items():
        own = tuple(PathParameter(facet, _TEXT, _KEY) for facet in KINDS[name].facets)
        yield AuditPath(path, f"List of {path[1:]}", _TYPES, (*_COMMON, *own), missing)
    few = (*(PathParameter(name, _TEXT, _KEY) for name in FACETS), *_COMMON[1:4], _COMMON[5])
    yield AuditPath("/sources", "Public sources", _TYPES, few, missing)
