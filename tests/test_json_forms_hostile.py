"""Whatever JSON comes, it becomes valid triples or an InputError: never a crash, never a half."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.core.errors import InputError
from loaders.catalogues.json_forms import ckan, ckan_parts, data_json, dcat_us_parts
from loaders.catalogues.json_forms.ckan_members import INTERNAL, PACKAGE
from loaders.catalogues.json_forms.dcat_us_members import MEMBERS
from loaders.catalogues.model import DocumentReader, LocatedTriple, ReceivedDocument
from tests import parts

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "https://x.mn/a b",
            "mailto:a@b.mn",
            "2024-02-30",
            "R/P1Y",
            "mn",
            "a@b.mn",
            "text/csv",
            "{",
        ]
    ),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(
                st.sampled_from(
                    [
                        "@id",
                        "@type",
                        "@value",
                        "@language",
                        "mn",
                        "key",
                        "value",
                        "name",
                        "url",
                        "id",
                    ]
                ),
                st.sampled_from(sorted(MEMBERS)),
                st.text(max_size=4),
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=8,
)
DATASETS = st.dictionaries(
    st.sampled_from([*sorted(MEMBERS), *dcat_us_parts.SPECIAL, "@id", "isPartOf"]),
    VALUES,
    max_size=5,
)
PACKAGES = st.dictionaries(
    st.sampled_from(
        [*sorted(PACKAGE), *ckan_parts.SPECIAL, *sorted(ckan_parts.HANDLED), *sorted(INTERNAL)]
    ),
    VALUES,
    max_size=6,
)


def check(reader: DocumentReader, document: Any) -> None:
    data = json.dumps(document).encode()
    items = list(reader(ReceivedDocument("x.json", data, "https://x.mn/", "c0")))
    triples = [one for one in items if isinstance(one, LocatedTriple)]
    lines = "".join(f"{s} {p} {o} .\n" for s, p, o, _ in triples).encode()
    assert len(list(ox.parse(lines, ox.RdfFormat.N_TRIPLES))) == len(triples)
    subjects = {one.subject for one in triples}
    blank = {one.object for one in triples if isinstance(one.object, ox.BlankNode)}
    assert blank <= subjects


@given(st.lists(st.one_of(DATASETS, VALUES), max_size=3), DATASETS)
@settings(max_examples=parts.examples(25, 200))
def test_any_data_json(datasets: list[Any], catalogue: dict[str, Any]) -> None:
    check(data_json.read, {**catalogue, "dataset": datasets})


@given(st.lists(st.one_of(PACKAGES, VALUES), max_size=3))
@settings(max_examples=parts.examples(25, 200))
def test_any_answer_of_ckan(packages: list[Any]) -> None:
    check(ckan.read, {"success": True, "result": {"count": 1, "results": packages}})


@given(st.binary(max_size=40))
def test_any_bytes(data: bytes) -> None:
    for reader in (data_json.read, ckan.read):
        try:
            list(reader(ReceivedDocument("x.json", data, "https://x.mn/", "")))
        except InputError as error:
            assert "x.json" in str(error)


@pytest.mark.parametrize("reader", [data_json.read, ckan.read])
def test_deep_nesting_is_refused(reader: DocumentReader) -> None:
    for member in ("spatial", "extras", "publisher"):
        deep = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
        data = b'{"dataset": [{"%s": %s}]}' % (member.encode(), deep)
        with pytest.raises(InputError, match="nested"):
            list(reader(ReceivedDocument("x.json", data, "https://x.mn/", "")))
