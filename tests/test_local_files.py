"""What a source may read from the disk: its own folder, never the instance with its keys."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.ledger import Ledger
from loaders.pipeline import local_files
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read, read_all
from tests.test_bad_input import THINGS, source


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    """A folder of descriptions, beside the instance `data`."""
    folder = tmp_path / "feeds"
    folder.mkdir()
    (tmp_path / "secret.ttl").write_bytes(THINGS)
    return folder


def key_of(instance: Instance) -> Path:
    return next(path for path in instance.keys.iterdir() if path.is_file())


def assert_refused(instance: Instance, described: Source, *words: str) -> None:
    """The load is refused with file and key; nothing is archived or logged."""
    before = len(list(Ledger(instance)))
    with pytest.raises(ConfigError) as refused:
        load(instance, described)
    text = str(refused.value)
    assert f"{described.path} files" in text
    assert "Put the file into the folder" in text
    assert all(word in text for word in words)
    assert len(list(Ledger(instance))) == before
    assert not any(path.is_file() for path in instance.archive.rglob("*"))


def test_the_signing_key_is_not_data(instance: Instance, feeds: Path) -> None:
    key = key_of(instance)
    pattern = f"../{key.relative_to(instance.root.parent)}"
    assert_refused(instance, source(feeds, pattern), pattern, "out of the folder")


@pytest.mark.parametrize("pattern", ["../secret.ttl", "../*.ttl", "sub/../../secret.ttl"])
def test_a_pattern_does_not_leave_the_folder(instance: Instance, feeds: Path, pattern: str) -> None:
    (feeds / "sub").mkdir()
    assert_refused(instance, source(feeds, pattern), pattern, "out of the folder")


def test_an_absolute_path_does_not_leave_the_folder(instance: Instance, feeds: Path) -> None:
    outside = feeds.parent / "secret.ttl"
    assert_refused(instance, source(feeds, str(outside)), "out of the folder")
    assert_refused(instance, source(feeds, "/etc/passwd"), "/etc/passwd")


def test_a_symbolic_link_counts_as_its_target(instance: Instance, feeds: Path) -> None:
    (feeds / "things.ttl").symlink_to(key_of(instance))
    assert_refused(instance, source(feeds), "things.ttl", str(key_of(instance)))
    (feeds / "link").symlink_to(instance.keys)
    assert_refused(instance, source(feeds, "link/*"), "link/*", "out of the folder")


def test_the_instance_is_closed_to_a_description_above_it(instance: Instance) -> None:
    """The description lies beside the instance, so the key lies below the description."""
    key = key_of(instance)
    folder = instance.root.parent
    for pattern in (str(key.relative_to(folder)), "*/keys/*", "data/ledger/verifier.txt"):
        assert_refused(instance, source(folder, pattern), pattern, "into the instance")
    assert_refused(instance, source(instance.root, "keys/*"), "into the instance")


def test_only_regular_files_are_read(instance: Instance, feeds: Path) -> None:
    os.mkfifo(feeds / "things.ttl")
    assert_refused(instance, source(feeds), "not a regular file")


def test_files_beside_and_below_are_read(instance: Instance, feeds: Path) -> None:
    (feeds / "sub").mkdir()
    (feeds / "sub" / "things.ttl").write_bytes(THINGS)
    for pattern in ("sub/things.ttl", "**/*.ttl", str(feeds / "sub" / "things.ttl")):
        assert load(instance, source(feeds, pattern)).counts["mapped"] == 10


def test_data_lie_beside_the_descriptions_of_an_instance(instance: Instance) -> None:
    instance.sources.mkdir()
    (instance.sources / "things.ttl").write_bytes(THINGS)
    assert load(instance, source(instance.sources)).status == "published"


def test_bundled_sources_read_the_project_but_nothing_else(
    instance: Instance, tmp_path: Path
) -> None:
    for one in read_all().values():
        for pattern in one.files:
            assert local_files.find(one, pattern, instance)
    codes = read_all()["codes"]
    with pytest.raises(ConfigError, match="out of the folder"):
        local_files.find(codes, "../../tests/small.trig", instance)
    copied = tmp_path / "codes.toml"
    copied.write_text(codes.path.read_text("utf-8"))
    with pytest.raises(ConfigError, match="no file matches"):
        local_files.find(read(copied), codes.files[0], instance)
