"""The mark of values that Ulzii inferred, in lists and facets as on the pages of things."""

from __future__ import annotations

from markupsafe import Markup

from graph.lists.index import FacetValue
from server.http import language


def mark(text: str = "inferred") -> Markup:
    """The mark that `m.inferred()` writes; `text`: the key of its words."""
    written = ' <span class="inferred" title="{}">◇ {}</span>'
    return Markup(written).format(language.text("inferred_why"), language.text(text))


def marked(label: Markup, value: FacetValue) -> Markup:
    """The label of a value of a facet with its mark: inferred of all things or of some."""
    if not value.inferred or not value.term:
        return label
    return label + mark("inferred" if value.is_inferred else "inferred_of_some")
