"""Code bundles of the archive, unpacked so that they can be run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from graph.archive import Archive
from graph.core.errors import IntegrityError
from loaders.bundles.imports import ROOT

_BUNDLED = "loaders/sources"
"""Where the descriptions of bundled sources lie; a loader may ask whether its source is one."""

_COMPLETE = "graph/__init__.py"
"""What older bundles lack. They do not say either whether a source is bundled."""

_GENERATED = "loaders/quality/"
"""The code that makes the only source whose input is made here."""


@dataclass(frozen=True, slots=True)
class UnpackedBundle:
    """A bundle in a folder: its source's description, relative to it; whether the source's input is
    made by code of ours; the `__init__.py` that it lacks, which are empty here."""

    source: str
    is_generated: bool
    taken_as_empty: tuple[str, ...]


def unpack(archive: Archive, digest: str, folder: Path) -> UnpackedBundle:
    """Write the files of a bundle into a folder.

    Raises IntegrityError where a file is missing, damaged, or would lie outside the folder.
    """
    files = _files(archive, digest)
    described = next((name for name in files if name.startswith("sources/")), None)
    if described is None:
        raise IntegrityError("the code bundle has no source description", where=digest)
    name = PurePosixPath(described).name
    if _is_bundled(files, described, f"{_BUNDLED}/{name}"):
        files[f"{_BUNDLED}/{name}"] = files.pop(described)
        described = f"{_BUNDLED}/{name}"
    for path, blob in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(archive.read(blob))
    is_generated = any(path.startswith(_GENERATED) for path in files)
    return UnpackedBundle(described, is_generated, tuple(_fill(folder)))


def _is_bundled(files: dict[str, str], described: str, bundled: str) -> bool:
    if _COMPLETE in files:
        return files.get(bundled) == files[described]
    return (ROOT / bundled).is_file()


def _files(archive: Archive, digest: str) -> dict[str, str]:
    files: dict[str, str] = json.loads(archive.read(digest))
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or len(path.parts) < 2:
            raise IntegrityError(f"“{name}” is no file of a code bundle", where=digest)
    return files


def _fill(folder: Path) -> list[str]:
    """Make the `__init__.py` that are missing; give their names."""
    folders = {parent for path in folder.rglob("*.py") for parent in path.parents}
    missing = [
        one / "__init__.py"
        for one in sorted(folders)
        if one.is_relative_to(folder) and one != folder and not (one / "__init__.py").exists()
    ]
    for path in missing:
        path.touch()
    return [path.relative_to(folder).as_posix() for path in missing]
