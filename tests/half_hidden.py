"""An instance of which one source is public and others are restricted, and readers of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from graph.core import instance as instances
from graph.core.instance import Instance
from graph.ledger import create
from graph.queries import Pool, Query, QueryLimits
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read
from server.app import create_app
from server.auth.tokens import TokenStore

BASE = "https://example.mn/"
GRAPH = f"{BASE}graph/"
SECRET = "http://e/secret"
TEXT = "http://jena.apache.org/text#"
WORDS = ("secret", "hidden-words", "drafts", "restricted-title")
PUBLIC_DATA = "<http://e/open> <http://e/p> <http://e/both> . <http://e/both> <http://e/p> 1 ."
SECRET_DATA = (
    f'<{SECRET}> <http://e/p> <http://e/both> , "hidden-words" ; <http://e/next> <{SECRET}#2> . '
    f'<{SECRET}> <http://www.w3.org/2000/01/rdf-schema#label> "hidden-words, a title"@en . '
    f"<{BASE}catalog> <http://www.w3.org/ns/dcat#themeTaxonomy> <{SECRET}> . "
    f"<{SECRET}#2> <http://e/p> 2 . <http://e/both> <http://e/q> <{SECRET}> ; <http://e/p> 1 ."
)


def describe(folder: Path, name: str, data: str, how: str = "public") -> Source:
    """A source of one Turtle file."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.ttl").write_text(data, "utf-8")
    title = "restricted-title" if how == "restricted" else name
    path = folder / f"{name}.toml"
    path.write_text(
        f'id = "{name}"\nloader = "rdf"\nfiles = ["{name}.ttl"]\nmedia_type = "text/turtle"\n'
        f'visibility = "{how}"\n[title]\nen = "{title}"\n'
    )
    return read(path)


def fresh(folder: Path) -> Instance:
    """An empty instance."""
    made = instances.create(folder / "data", BASE)
    create(made)
    instances.write_config(made)
    return made


@pytest.fixture(scope="module")
def half_hidden(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An instance with a public source and a restricted one."""
    root = tmp_path_factory.mktemp("hidden")
    made = fresh(root)
    load(made, describe(root / "toml", "open", PUBLIC_DATA))
    load(made, describe(root / "toml", "drafts", SECRET_DATA, "restricted"))
    return made


@pytest.fixture(scope="module")
def asked(half_hidden: Instance) -> Iterator[Pool]:
    with Pool.start(half_hidden, workers=1, limits=QueryLimits(timeout=10)) as running:
        yield running


@pytest.fixture(scope="module")
def client(half_hidden: Instance, asked: Pool) -> FlaskClient:
    return create_app(half_hidden, asked).test_client(use_cookies=False)


@pytest.fixture(scope="module")
def bearer(half_hidden: Instance) -> dict[str, str]:
    _, text = TokenStore(half_hidden).add("reader", (), ("drafts",))
    return {"Authorization": f"Bearer {text}"}


def answer(
    pool: Pool, text: str, readable: tuple[str, ...] = (), default: str = "", named: str = ""
) -> str:
    graphs = (tuple(filter(None, [default])), tuple(filter(None, [named])))
    asked = Query(text, default_graphs=graphs[0], named_graphs=graphs[1])
    return pool.run(asked, readable=readable).read().decode()
