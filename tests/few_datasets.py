"""The bundled sources of datasets, without the statistics office's list of 1,106 tables: five
datasets, two a page, and of its livestock table the first type. Run as a program, so that what it
takes in memory goes with its process."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from graph.core import instance as instances
from graph.core.instance import CONFIG
from graph.core.iris import ROOT
from graph.core.progress import SilentReporter
from graph.ledger import create
from loaders.pipeline.source import BUNDLED, Source, read, read_all
from loaders.together.load import load_together

NAMES = ("emongolia-local", "mn-odp", "nso")
TABLE = "DT_NSO_1001_109V1"


def sources(folder: Path) -> Iterator[Source]:
    """What is loaded, with all that it refers to, in order."""
    every = read_all()
    wanted = set(NAMES)
    for source in reversed(every.values()):
        if source.id in wanted:
            wanted.update(source.references)
    for source in every.values():
        if source.id in wanted:
            yield one_table(folder) if source.id == "nso" else source


def one_table(folder: Path) -> Source:
    """The statistics office's source, with a part of one table for its files."""
    answers = folder / TABLE
    answers.mkdir(parents=True)
    for path in (BUNDLED.parent / "bundled/nso" / TABLE).glob("*.json"):
        (answers / path.name).write_text(json.dumps(first_type(path)), "utf-8")
    text = (BUNDLED / "nso.toml").read_text("utf-8")
    files = f'files = ["{TABLE}/en.json", "{TABLE}/mn.json"]\n'
    path = folder / "nso.toml"
    path.write_text(re.sub(r"files = \[.*?\n\]\n", files, text, flags=re.S), "utf-8")
    return read(path)


def first_type(path: Path) -> dict[str, object]:
    """The answer to a query for the first value of the first dimension."""
    answer = json.loads(path.read_bytes())
    first = answer["id"][0]
    (code,) = [k for k, n in answer["dimension"][first]["category"]["index"].items() if n == 0]
    category = answer["dimension"][first]["category"]
    category["index"] = {code: 0}
    if "label" in category:
        category["label"] = {code: category["label"][code]}
    cells = len(answer["value"]) // answer["size"][0]
    return {**answer, "size": [1, *answer["size"][1:]], "value": answer["value"][:cells]}


def main(data: Path) -> None:
    """Make the instance."""
    made = instances.create(data, ROOT)
    create(made)
    instances.write_config(made)
    with (made.root / CONFIG).open("a", encoding="utf-8") as config:
        config.write("[catalogue]\npage_size = 2\n")
    made = instances.open_instance(made.root)
    folder = data.parent / "feeds"
    load_together(made, list(sources(folder)), lambda _: nullcontext(SilentReporter()))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
