"""Source descriptions and instance.toml by their schema: file, key and what is right."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from graph.core.errors import ConfigError
from graph.core.instance import CONFIG, Instance, open_instance
from graph.core.instance_schema import FetchSection, RetentionSection, StoreSection
from graph.core.remote_settings import AUTH, RemoteStoreSettings
from graph.core.retention import Retention
from graph.outbound.fetch_settings import FetchSettings
from loaders.descriptions.loader_names import LOADERS
from loaders.descriptions.schema import SourceDescription, find_all_errors
from loaders.pipeline import capture
from loaders.pipeline.source import BUNDLED, Source, read
from server.cli import main

PLAIN: Mapping[str, Any] = {
    "id": "x",
    "loader": "rdf",
    "files": ["x.ttl"],
    "media_type": "text/turtle",
    "title": {"mn": "Икс", "en": "X"},
}
REQUEST = {"name": "one.json", "url": "https://agency.mn/one"}


def toml(value: object) -> str:
    """A value as TOML writes it; tables inline."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def describe(folder: Path, table: Mapping[str, Any]) -> Path:
    path = folder / "x.toml"
    text = "".join(f"{k} = {toml(v)}\n" for k, v in table.items() if v is not None)
    path.write_text(text, "utf-8")
    return path


def with_changes(**changes: Any) -> dict[str, Any]:
    return {**PLAIN, **changes}


@pytest.mark.parametrize("name", ["capture", "pipeline", "dcat_us", "loaders.formats.rdf", "RDF"])
def test_only_loaders_are_loaders(instance: Instance, tmp_path: Path, name: str) -> None:
    path = describe(tmp_path, with_changes(loader=name))
    (tmp_path / "x.ttl").write_text('<http://e/a> <http://e/p> "x" .')
    done = CliRunner().invoke(main, ["--data", str(instance.root), "load", str(path)])
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit), "no traceback"
    assert f"{path} loader: there is no loader “{name}”" in done.output
    assert ", ".join(LOADERS) in done.output


@pytest.mark.parametrize(
    ("changes", "key", "message", "expected"),
    [
        ({"fiels": ["a"]}, "fiels", "there is no key “fiels”", "Did you mean “files”?"),
        ({"files": "x.ttl"}, "files", "the text “x.ttl” is not a list", "a list of paths"),
        ({"files": ["x", 3]}, "files[1]", "the number 3 is not a text", "a list of paths"),
        ({"files": []}, "files", "and so is [[options.requests]]", "a list of paths"),
        ({"files": ["./."]}, "files[0]", "“./.” is a folder", "a list of paths"),
        ({"files": ["ftp://e/x"]}, "files[0]", "“ftp://e/x” is not an http(s)", "a list of paths"),
        ({"files": ["http://u:pw@e/x"]}, "files[0]", "must not contain credentials", "a list"),
        ({"title": {"mn": "a\x00b"}}, "title.mn", "has control characters", "by language"),
        ({"references": "law"}, "references", "is not a list", "a list of ids"),
        ({"references": ["../x"]}, "references[0]", "not a valid id", "a list of ids"),
        ({"title": None}, "title", "“title” is missing", "by language"),
        ({"title": {}}, "title", "no text in any language", "by language"),
        ({"title": {"mn": " ", "en": ""}}, "title", "no text in any language", "by language"),
        ({"title": {"mongolian": "x"}}, "title.mongolian", "not a language tag", "by language"),
        ({"title": "X"}, "title", "the text “X” is not a table", "by language"),
        ({"reject_limit": "5%"}, "reject_limit", "“5%” is not a number", "between 0 and 1"),
        ({"reject_limit": 5}, "reject_limit", "the number 5", "between 0 and 1"),
        ({"editable": "yes"}, "editable", "is not true or false", "true or false"),
        ({"visibility": "secret"}, "visibility", "none of public, restricted", "“restricted”"),
        ({"legal": {"base": "1"}}, "legal.base", "there is no key “base”", "basis"),
        ({"legal": {"basis": 16}}, "legal.basis", "the number 16 is not a text", "in quotation"),
        ({"publisher": "х-ҮСХ"}, "publisher", "is not a key", "key of an organisation"),
        ({"frequency": "every day"}, "frequency", "is not a key", "like ANNUAL"),
        ({"media_type": "turtle"}, "media_type", "is not a media type", "like text/csv"),
        ({"options": {"pause": "1"}}, "options.pause", "is not a number", "seconds"),
        ({"options": {"colour": 1}}, "options.colour", "no key “colour”", "requests, pause"),
        ({"options": {"requests": REQUEST}}, "options.requests", "is not a list", "tables"),
        ({"options": {"requests": [{"name": "a", "url": "ftp://x/y"}]}},
         "options.requests[0].url", "not an http(s) address", "an http(s) address"),
        ({"options": {"requests": [{**REQUEST, "jsn": {}}]}},
         "options.requests[0].jsn", "no key “jsn”", "headers. Did you mean “json”?"),
    ],
)  # fmt: skip
def test_a_mistake_is_located(
    tmp_path: Path, changes: dict[str, Any], key: str, message: str, expected: str
) -> None:
    path = describe(tmp_path, with_changes(**changes))
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert caught.value.where == f"{path} {key}"
    assert message in caught.value.message
    assert expected in caught.value.hint


def test_every_mistake_of_a_file_is_named(tmp_path: Path) -> None:
    path = describe(tmp_path, with_changes(files="x", id="X", colour="red"))
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert caught.value.where == f"{path} id"
    assert "Also files: " in str(caught.value)
    assert "Also colour: there is no key “colour”." in str(caught.value)


def bundled(name: str) -> dict[str, Any]:
    return tomllib.loads((BUNDLED / f"{name}.toml").read_text("utf-8"))


TABLE = "DT_NSO_1001_109V1"


@pytest.mark.parametrize(
    ("name", "path", "value", "key", "message"),
    [
        ("nso", ("tables", TABLE, "unit"), 3, f"tables.{TABLE}.unit", "the number 3 is not a text"),
        ("nso", ("tables", TABLE, "unit"), "ton", f"tables.{TABLE}.unit", "units.ton] is missing"),
        ("nso", ("tables", TABLE, "unti"), "head", f"tables.{TABLE}.unti", "no key “unti”"),
        ("nso", ("tables", TABLE, "dimensions", 1, "role"), "week",
         f"tables.{TABLE}.dimensions[1].role", "none of concept, area, year"),
        ("nso", ("tables", TABLE, "dimensions", 1, "scheme"), "no",
         f"tables.{TABLE}.dimensions[1].scheme", "schemes.no] is missing"),
        ("nso", ("service", "endpoint"), "data.1212.mn", "service.endpoint", "not an http(s)"),
        ("nso", ("service", "endpoint"), "https://e/<x>", "service.endpoint", "no IRI may have"),
        ("nso", ("tables", TABLE, "address"), "https://e/{language}",
         f"tables.{TABLE}.address", "no IRI may have"),
        ("nso", ("tables", TABLE, "theme"), "agri x", f"tables.{TABLE}.theme", "is not a key"),
        ("nso", ("max_cells",), "many", "max_cells", "is not a whole number"),
        ("mn-odp", ("described",), None, "described", "“described” is missing"),
        ("mn-odp", ("themes",), ["GOVE"], "themes", "a list is not a table"),
        ("emongolia-local", ("names", "Төв"), 41, 'names."Төв"', "the number 41 is not a text"),
        ("admin-units", ("names",), {}, "names", "there is no key “names”"),
        ("law", ("base",), "x", "base", "there is no key “base”"),
    ],
)  # fmt: skip
def test_options_are_checked_by_the_schema_of_their_loader(
    name: str, path: tuple[Any, ...], value: Any, key: str, message: str
) -> None:
    table = bundled(name)
    here = table.setdefault("options", {})
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = value
    if value is None:
        del here[path[-1]]
    found = [(one.key, one.message) for one in find_all_errors(table, is_bundled=True)]
    assert [key for key, _ in found] == [f"options.{key}"]
    assert message in found[0][1]


def test_a_date_is_no_text(tmp_path: Path) -> None:
    """TOML has dates of its own; loaders expect the text."""
    path = describe(tmp_path, PLAIN)
    path.write_text(path.read_text("utf-8") + "licence = 2026-11-22\n", "utf-8")
    with pytest.raises(ConfigError, match=r"the date 2026-11-22 .* is not a text"):
        read(path)


@pytest.mark.parametrize(
    "data",
    [None, b"id =", b"\xff", b"id = " + b"[" * 5000 + b"]" * 5000, b"id = 1\nid = 2"],
    ids=["no file", "no value", "not UTF-8", "nested", "a key twice"],
)
def test_a_file_that_is_no_toml_is_named(
    instance: Instance, tmp_path: Path, data: bytes | None
) -> None:
    path = tmp_path / "x.toml"
    if data is not None:
        path.write_bytes(data)
    done = CliRunner().invoke(main, ["--data", str(instance.root), "load", str(path)])
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit), "no traceback"
    assert str(path) in done.output


KEYS = st.sampled_from(
    [*SourceDescription.model_fields, "requests", "pause", "names", "tables", "seen", "mn", "x y"]
)
SCALARS = st.one_of(
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.sampled_from([*LOADERS, "https://e/x", "text/csv", "", " ", "Төв", "a\0b"]),
)
TABLES = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=6,
)


@given(TABLES)
def test_whatever_stands_in_a_description_is_right_or_located(changes: dict[str, Any]) -> None:
    """Never another exception, and every mistake has a key of the table in it."""
    for mistake in find_all_errors({**PLAIN, **changes}):
        first = mistake.key.split(".")[0].split("[")[0].strip('"')
        assert first in {*changes, *SourceDescription.model_fields}
        assert mistake.message


def every_description() -> list[Path]:
    return sorted(BUNDLED.parent.rglob("*.toml"))


def test_a_name_that_no_file_can_have_is_located(instance: Instance, tmp_path: Path) -> None:
    path = describe(tmp_path, with_changes(files=["x" * 5000]))
    done = CliRunner().invoke(main, ["--data", str(instance.root), "load", str(path)])
    assert done.exit_code == 2, done.output
    assert f"{path} files: “xxx" in done.output


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = describe(tmp_path, with_changes())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(path).id == "x"


@pytest.mark.parametrize("path", every_description(), ids=lambda path: path.name)
def test_bundled_descriptions_are_right(path: Path) -> None:
    assert isinstance(read(path), Source)


def test_a_live_run_needs_no_local_file(instance: Instance, tmp_path: Path) -> None:
    changes: list[dict[str, Any]] = [{"files": []}, {"files": None}]
    for change in changes:
        table = with_changes(**change, options={"requests": [{**REQUEST, "json": {"id": 1}}]})
        source = read(describe(tmp_path, table))
        assert source.files == ()
        requests = [(r.name, r.url, r.body) for r in capture.requests(source, instance)]
        assert requests == [("one.json", "https://agency.mn/one", {"id": 1})]


@pytest.mark.parametrize(
    ("imported", "not_needed"),
    [
        ("server.cli.querying, server.cli.loading", {"pydantic"}),
        ("server.front.serve", {"pydantic", "rdflib", "SPARQLWrapper", "loaders.tables.grids"}),
    ],
)
def test_what_is_started_does_not_wait_for_what_it_seldom_needs(
    imported: str, not_needed: set[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {imported}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert not_needed & set(done.stdout.split()) == set()


# --- instance.toml ---

REMOTE = 'kind = "remote"\nquery_url = "http://e/q"\nupdate_url = "http://e/u"\n'


@pytest.mark.parametrize(
    ("text", "key", "message", "expected"),
    [
        ("[retenton]\ndays = 3\n", "retenton", "there is no key “retenton”", "mean “retention”?"),
        ("[retention]\nweeks = 1\n", "retention.weeks", "no key “weeks”", "days, snapshots, gib"),
        ('[retention]\ndays = "7"\n', "retention.days", "is not a number", "number of days"),
        ("[retention]\nsnapshots = 1.5\n", "retention.snapshots", "whole number", "whole number"),
        ("[retention]\ngib = inf\n", "retention.gib", "finite", "GiB"),
        ('[federation]\nservices = "http://e/q"\n', "federation.services", "not a list", "a list"),
        ('[fetch]\nprivate_host = ["a:1"]\n', "fetch.private_host", "no key", "“private_hosts”?"),
        ('[store]\nkind = "memory"\n', "store.kind", "none of embedded, remote", "“remote”"),
        (f"[store]\n{REMOTE}", "store.graph_store_url", "“graph_store_url” is missing", "Protocol"),
        (f'[store]\n{REMOTE}password = "x"\n', "store.password", "no key “password”", "query_url"),
    ],
)
def test_a_mistake_in_instance_toml_is_located(
    instance: Instance, text: str, key: str, message: str, expected: str
) -> None:
    config = instance.root / CONFIG
    config.write_text(config.read_text("utf-8") + text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        open_instance(instance.root)
    assert caught.value.where == f"{config} {key}"
    assert message in caught.value.message
    assert expected in caught.value.hint


@pytest.mark.parametrize("text", ["", "base = 3\n", "base =\n", 'bas = "http://e/"\n', "\xff"])
def test_an_instance_without_a_base_is_refused(instance: Instance, text: str) -> None:
    (instance.root / CONFIG).write_text(text, "latin-1")
    with pytest.raises(ConfigError):
        open_instance(instance.root)


def test_the_schema_has_every_setting(instance: Instance) -> None:
    """The schema repeats names and defaults of the classes that hold the settings."""
    assert Retention(**RetentionSection().model_dump()) == Retention()
    fetch = FetchSection().model_dump()
    assert FetchSettings(**{**fetch, "private_hosts": ()}) == FetchSettings()
    assert {
        field.name for field in fields(RemoteStoreSettings)
    } == StoreSection.model_fields.keys() - {"kind"}
    assert get_args(StoreSection.model_fields["auth"].annotation) == ("", *AUTH)


def test_a_loader_that_knows_the_form_needs_no_media_type() -> None:
    table = {key: value for key, value in PLAIN.items() if key != "media_type"}
    assert find_all_errors({**table, "loader": "dcat"}) == []
    (error,) = find_all_errors(table)
    assert (error.key, "is missing" in error.message) == ("media_type", True)
