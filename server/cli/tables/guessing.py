"""Describing tables: guess."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from graph.archive import Archive
from graph.core import limited_process
from graph.core.errors import ConfigError, StorageError
from graph.core.instance import CONFIG, open_instance
from graph.core.iris import ROOT
from graph.ledger import Ledger
from graph.publication.other_sources import PublishedByOthers
from graph.versions.state import state
from loaders.pipeline.protocol import OtherSources
from loaders.pipeline.record import Capture
from loaders.tables.csvw import writing
from loaders.tables.guessing import description
from loaders.tables.guessing.description import DescriptionLine
from loaders.tables.guessing.table import look_at
from loaders.tables.preview import preview
from server.cli.output.common import data_directory, json_option, show

_HEAD = (
    "Guessed by `ulzii guess`, each value with its reason. Correct it, answer what is “?”, then",
    "`ulzii load` this file. All keys: loaders/tables/description/options.py",
)


@dataclass(frozen=True, slots=True)
class _LocalFile:
    """A file on this disk in the place of the archive; nothing is copied into memory."""

    path: Path

    @property
    def root(self) -> Path:
        """In the place of the archive's folder, beside which readers look for one to write to."""
        return self.path

    def open(self, digest: str) -> BinaryIO:
        """Its bytes from the start."""
        return self.path.open("rb")

    def read(self, digest: str) -> bytes:
        """All of its bytes."""
        return self.path.read_bytes()


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--write",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the description to this file, which must not exist.",
)
@click.option("--csvw", is_flag=True, help="CSVW metadata (JSON) instead of the description.")
@json_option
def guess(file: Path, target: Path | None, csvw: bool, as_json: bool) -> None:
    """Describe a table: CSV, TSV, XLSX, ODS, JSON. Prints a source description in TOML with the
    reason for each guess, and the first rows as they would be mapped.

    Dates, and numbers that can be read in two ways, are never guessed: they stay questions, and
    `ulzii load` refuses the description until they are answered.
    """
    capture = _capture(file)
    limits = limited_process.limits_for(capture.length)
    if csvw:
        _show_metadata(capture, file, target)
        return
    others = _others()
    lines, shown = limited_process.run(
        lambda _: _guessed(capture, _relative(file, target), others), limits, where=file.name
    )
    text = description.text(lines, _HEAD, ["The first rows as they would be mapped:", *shown])
    if target is not None:
        _write(target, text)
    questions = [one for one in lines if one.question]
    told = {"description": text, "questions": [asdict(one) for one in questions], "preview": shown}
    show(told, as_json, [text] if target is None else _told(target, questions, shown))


def _show_metadata(capture: Capture, file: Path, target: Path | None) -> None:
    limits = limited_process.limits_for(capture.length)
    found = limited_process.run(lambda _: _metadata(capture, file), limits, where=file.name)
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    if target is None:
        click.echo(text, nl=False)
    else:
        _write(target, text)
        click.echo(f"{target} is written.")


def _metadata(capture: Capture, file: Path) -> dict[str, Any]:
    found = look_at(capture)
    language, numbers = description.language(found), description.numbers(found)
    return writing.metadata(found, file.name, language, numbers)


def _guessed(
    capture: Capture, name: str, others: OtherSources | None
) -> tuple[list[DescriptionLine], list[str]]:
    lines = list(description.entries(look_at(capture), name))
    return lines, preview(description.text(lines, (), ()), capture, ROOT, others)


def _capture(file: Path) -> Capture:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    size = file.stat().st_size
    return Capture(digest, file.name, "", "", cast(Archive, _LocalFile(file)), size=size)


def _others() -> OtherSources | None:
    """What the instance has published, if there is one: places are looked up there."""
    root = data_directory()
    if not (root / CONFIG).exists():
        return None
    instance = open_instance(root)
    ledger = Ledger(instance)
    return PublishedByOthers(instance, "", state(ledger.prefix(ledger.size)))


def _relative(file: Path, target: Path | None) -> str:
    """The file as the description names it: relative to where the description is written."""
    folder = (target.parent if target else Path()).resolve()
    if not file.resolve().is_relative_to(folder):
        if target is None:
            return file.name
        raise ConfigError(
            f"the file is not in the folder of the description, {folder}",
            where=str(file),
            hint="Put the file there, or write the description beside the file.",
        )
    return file.resolve().relative_to(folder).as_posix()


def _write(target: Path, text: str) -> None:
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError as error:
        raise ConfigError(
            "there is a description already", where=str(target), hint="Name another file."
        ) from error
    except OSError as error:
        raise StorageError(str(error.strerror), where=str(target)) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _open(questions: int) -> str:
    return "1 question is open" if questions == 1 else f"{questions} questions are open"


def _told(target: Path, questions: list[DescriptionLine], shown: list[str]) -> list[str]:
    asked = [f"? {one.section} {one.key}: {one.question}" for one in questions]
    return [f"{target} is written; {_open(len(asked))}.", *asked, *shown]
