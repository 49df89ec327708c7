"""Nothing is published without the record on which others depend: a table and its structure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from graph import snapshots
from graph.core.errors import InputError
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.versions import described
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read
from tests.pxweb_tables import OPTIONS, SOURCE, json_stat

pytestmark = pytest.mark.slow


def table(folder: Path, **more: object) -> Source:
    """A small table of PX-Web in a file, described like the bundled one."""
    (folder / "nso.toml").write_bytes(SOURCE.path.read_bytes())
    (folder / "DT_T1").mkdir()
    for lang in ("mn", "en"):
        (folder / "DT_T1" / f"{lang}.json").write_text(json.dumps(json_stat()))
    return replace(
        SOURCE,
        path=folder / "nso.toml",
        files=("DT_T1/en.json", "DT_T1/mn.json"),
        options={**SOURCE.options, **OPTIONS, **more},
        references=(),
        dates={},
    )


def test_a_table_is_not_published_without_its_dataset(instance: Instance, tmp_path: Path) -> None:
    source = table(tmp_path)
    rights = {"nso-terms": {"mn": "99112233", "en": "Terms", "see": "https://agency.mn/"}}
    broken = replace(source, options={**source.options, "rights": rights})
    with pytest.raises(InputError, match="other records depend on this one") as refused:
        load(instance, broken)
    assert refused.value.where == "en.json#/label"
    assert "no-phone-number" in str(refused.value)
    assert Ledger(instance)[-1]["type"] == "Quarantine"
    assert snapshots.current(instance) is None
    # the areas of the small table are in no published scheme, so its cells are rejected
    assert load(instance, replace(source, reject_limit=1.0)).status == "published"


def test_observations_of_a_cube_that_nothing_describes_are_refused(
    instance: Instance, tmp_path: Path
) -> None:
    (tmp_path / "cells.ttl").write_text(
        "<https://a.mn/1> <http://purl.org/linked-data/cube#dataSet> <https://a.mn/cube> ."
    )
    path = tmp_path / "cells.toml"
    path.write_text(
        'id = "cells"\nloader = "rdf"\nfiles = ["cells.ttl"]\nmedia_type = "text/turtle"\n'
        '[title]\nmn = "Нүд"\nen = "Cells"\n'
    )
    with pytest.raises(InputError, match="which nothing describes"):
        load(instance, read(path))
    assert snapshots.current(instance) is None


def test_what_lines_describe() -> None:
    lines = [
        b"<https://a.mn/d> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        b" <http://www.w3.org/ns/dcat#Dataset> .",
        b"<https://a.mn/c> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        b" <http://purl.org/linked-data/cube#DataSet> .",
        b"<https://a.mn/o> <http://purl.org/linked-data/cube#dataSet> <https://a.mn/c> .",
        b'<https://a.mn/o> <https://a.mn/p> "dcat#Dataset> ." .',
        b"<https://a.mn/o> <https://a.mn/p> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> .",
    ]
    whole = [b"".join(line + b"\n" for line in lines)]
    assert described.datasets(whole) == {"https://a.mn/d"}
    assert described.cubes(whole) == described.observed_cubes(whole) == {"https://a.mn/c"}
