"""Facets of lists count what a query counts, before and after an update."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pyoxigraph as ox
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from graph.core.instance import Instance
from graph.core.iris import ID
from graph.lists.index import ListIndex
from graph.lists.kinds import KINDS
from tests import parts
from tests.listed_datasets import (
    CATALOGUES,
    COUNT,
    CUBE,
    FACETS,
    ORGS,
    VALUES,
    counts,
    cube,
    dataset,
    line,
    opened,
    page,
)
from tests.versions import publish
from vocab.namespaces import (
    EU_THEME,
    FOAF,
    ORG,
    PLACE,
    RDF,
)
from vocab.terms import Object


@given(catalogue=CATALOGUES)
@settings(max_examples=parts.examples(3, 20), phases=[Phase.explicit, Phase.generate])
def test_facets_count_what_a_query_counts(
    another: Callable[[], Instance], catalogue: list[dict[str, list[Object]]]
) -> None:
    instance = another()
    made = [
        text for n, facets in enumerate(catalogue) for text in dataset(str(n), "Багц", **facets)
    ]
    shown = publish(instance, "a", made)
    for text in ("", "багц"):  # counts that are stored, and counts of hits
        found = page(opened(instance), text=text)
        assert found.total == len(catalogue)
        for facet, pattern in FACETS.items():
            rows = ox.Store.read_only(str(shown.path)).query(COUNT % pattern)
            assert isinstance(rows, ox.QuerySolutions)
            counted = {row["v"].value if row["v"] else "": int(row["n"].value) for row in rows}
            (values,) = (one.values for one in found.facets if one.name == facet)
            assert {v.term.strip("<>"): v.count for v in values} == counted, facet
        here = sum(bool(facets["data"]) for facets in catalogue)
        said = counts(found, "data")
        assert said.get("here", 0) == here
        assert said.get("description", 0) == len(catalogue) - here


@given(catalogue=CATALOGUES, chosen=st.sampled_from(sorted(set(VALUES) - {"data", "year"})))
@settings(max_examples=parts.examples(3, 20), phases=[Phase.explicit, Phase.generate])
def test_a_filter_leaves_as_many_as_its_value_says(
    another: Callable[[], Instance], catalogue: list[dict[str, list[Object]]], chosen: str
) -> None:
    instance = another()
    publish(
        instance,
        "a",
        [text for n, facets in enumerate(catalogue) for text in dataset(str(n), "Багц", **facets)],
    )
    lists = opened(instance)
    for key, number in counts(page(lists), chosen).items():
        for text in ("", "багц"):
            found = page(lists, text=text, filters=((chosen, key),))
            assert found.total == number == len(found.entries)
            assert counts(found, chosen)[key] == number
            for facet in set(VALUES) - {chosen}:
                (all_of,) = (one for one in found.facets if one.name == facet)
                for value in all_of.values:
                    both = page(lists, text=text, filters=((chosen, key), (facet, value.key)))
                    assert both.total == value.count


def content(lists: ListIndex) -> Iterator[object]:
    """Everything in the lists, without the numbers of rows."""
    for kind in KINDS.values():
        for text in ("", "мал", "тоо"):
            found = page(lists, kind.name, text, size=1000)
            values = (v for facet in found.facets for v in facet.values)
            yield kind.name, text, found.total
            yield sorted((v.facet, v.key, v.count, v.inferred, str(v.labels)) for v in values)
            for entry in found.entries:
                yield replace(entry.document), sorted(v.key for v in entry.values)


CHANGES = st.lists(
    st.fixed_dictionaries(
        {
            name: st.sampled_from(("", "Мал", "Малын тоо", "Газар", "Zavkhan"))
            for name in ("one", "two", "org", "place", "code")
        }
    ),
    min_size=2,
    max_size=4,
)


@given(changes=CHANGES)
@settings(max_examples=parts.examples(3, 20), phases=[Phase.explicit, Phase.generate])
def test_lists_that_are_updated_are_as_if_made_anew(
    another: Callable[[], Instance],
    changes: list[dict[str, str]],
) -> None:
    updated, anew = another(), another()
    # what stays, so that each publication changes little
    publish(updated, "z", [text for n in range(30) for text in dataset(f"z{n}", "Тогтмол")])
    for change in changes:
        publish(updated, "a", changed(change))
    publish(anew, "a", changed(changes[-1]))
    publish(anew, "z", [text for n in range(30) for text in dataset(f"z{n}", "Тогтмол")])
    assert [*content(opened(updated))] == [*content(opened(anew))]


def changed(titles: dict[str, str]) -> list[bytes]:
    """Two datasets, their publisher and a place; without a title there is no such thing."""
    tables: list[Object] = [ox.NamedNode(CUBE)]
    lines = [
        *(dataset("one", titles["one"], publisher=[ORGS[0]], data=tables) if titles["one"] else []),
        *(dataset("two", titles["two"], theme=[EU_THEME.AGRI]) if titles["two"] else []),
    ]
    lines += cube(code=titles["code"]) if titles["code"] else cube()
    for iri, cls, name in (
        (ORGS[0].value, ORG.Organization, titles["org"]),
        (f"{ID}place/1", PLACE.Aimag, titles["place"]),
    ):
        if name:
            lines += [
                line(iri, RDF.type, cls),
                line(iri, FOAF.name, ox.Literal(name, language="mn")),
            ]
    return lines
