"""Source descriptions: those of the instance, and those that the ledger says were loaded."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from graph.archive import Archive
from graph.core.errors import ConfigError, IntegrityError
from graph.core.instance import Instance
from graph.core.toml_schema import TomlError
from graph.ledger import Event, Ledger
from loaders.descriptions.schema import find_all_errors
from loaders.pipeline import local_files, source
from loaders.upgrade.addresses import refused_address
from loaders.upgrade.problem import UpgradeProblem, of_error

_BUNDLED = ("../bundled/", "../../shapes/", "../../vocab/")
"""What the `files` of bundled descriptions begin with; these come with the new version."""


class LoggedDescription(NamedTuple):
    """A description as a source was last loaded with it; its folder is not recorded."""

    where: str
    table: Mapping[str, Any]


def own(instance: Instance) -> Iterator[UpgradeProblem]:
    """What is refused in the descriptions in `sources/` of the instance."""
    for path in sorted(instance.sources.glob("*.toml")):
        try:
            table = source.read_table(path)
        except ConfigError as config_error:
            yield of_error(config_error)
            continue
        errors = find_all_errors(table)
        yield from (_upgrade_problem(str(path), error) for error in errors)
        if not errors:
            yield from _files(instance, path)
        yield from _addresses(instance, str(path), table)


def _upgrade_problem(where: str, error: TomlError) -> UpgradeProblem:
    return UpgradeProblem(f"{where} {error.key}".rstrip(), error.message, error.expected)


def _files(instance: Instance, path: Path) -> Iterator[UpgradeProblem]:
    described = source.read(path)
    if described.editable:
        return
    for pattern in filter(_is_local, described.files):
        try:
            local_files.find(described, pattern, instance)
        except ConfigError as error:
            yield of_error(error)


def _is_local(pattern: str) -> bool:
    return not pattern.startswith(("http://", "https://"))


def _addresses(
    instance: Instance, where: str, table: Mapping[str, Any]
) -> Iterator[UpgradeProblem]:
    for key, url in _urls(table):
        if problem := refused_address(instance, f"{where} {key}", url):
            yield problem


def _urls(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and value of every URL; a table with errors may hold anything."""
    files, options = table.get("files"), table.get("options")
    for number, text in enumerate(files if isinstance(files, list) else ()):
        if isinstance(text, str) and not _is_local(text):
            yield f"files[{number}]", text
    requests = options.get("requests") if isinstance(options, dict) else None
    for number, item in enumerate(requests if isinstance(requests, list) else ()):
        if isinstance(item, dict) and isinstance(item.get("url"), str):
            yield f"options.requests[{number}].url", item["url"]


def logged(instance: Instance) -> Iterator[UpgradeProblem]:
    """What is refused in descriptions from elsewhere (`ulzii load FILE.toml`), as last loaded."""
    here = {path.name for path in instance.sources.glob("*.toml")}
    for name, event in _last_loaded(instance).items():
        if name in here:
            continue
        described = _description(instance, name, event)
        if described and not _is_bundled(described.table):
            errors = find_all_errors(described.table)
            yield from (_upgrade_problem(described.where, error) for error in errors)
            yield from _patterns(described)
            yield from _addresses(instance, described.where, described.table)


def _last_loaded(instance: Instance) -> dict[str, Event]:
    """File name of a description → the newest Code event that has it."""
    last: dict[str, Event] = {}
    try:
        ledger = Ledger(instance)
    except IntegrityError:
        return {}  # reported by the check of the ledger
    for event in ledger:
        if event["type"] == "Code":
            last |= {name: event for name in map(_toml_name, event["files"]) if name}
    return last


def _toml_name(file: str) -> str:
    path = PurePosixPath(file)
    return path.name if path.parent.name == "sources" and path.suffix == ".toml" else ""


def _description(instance: Instance, name: str, event: Event) -> LoggedDescription | None:
    try:
        data = Archive(instance.archive).read(event["files"][f"sources/{name}"])
        table = tomllib.loads(data.decode())
    except (IntegrityError, ValueError, RecursionError):
        return None  # reported by the check of the archive; or it never was a description
    return LoggedDescription(f"log/{event['index']} sources/{name}", table)


def _is_bundled(table: Mapping[str, Any]) -> bool:
    files = table.get("files")
    return isinstance(files, list) and all(str(one).startswith(_BUNDLED) for one in files)


def _patterns(described: LoggedDescription) -> Iterator[UpgradeProblem]:
    """Patterns that lead out of any folder; what links lead to is not recorded."""
    files = described.table.get("files")
    for number, text in enumerate(files if isinstance(files, list) else ()):
        path = PurePosixPath(str(text))
        if _is_local(str(text)) and (path.is_absolute() or ".." in path.parts):
            message = f"“{text}” leads out of the folder of this file"
            where = f"{described.where} files[{number}]"
            yield UpgradeProblem(where, message, "Put the file into the description's folder.")
