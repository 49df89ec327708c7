"""The sources of an instance: one TOML file each in its directory `sources/`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from graph.core.errors import ConfigError
from graph.core.files import write_atomic
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.versions.state import state
from loaders.descriptions.ids import ID_HINT, RESERVED_IDS, is_valid_id
from loaders.pipeline import source
from loaders.pipeline.source import Source


def own(instance: Instance) -> dict[str, Source]:
    """The sources that the instance describes itself, by id."""
    return source.read_all(instance.sources)


def editable(instance: Instance) -> dict[str, Source]:
    """The sources that are written over HTTP, by id."""
    return {name: one for name, one in own(instance).items() if one.editable}


def add(
    instance: Instance,
    name: str,
    title: Mapping[str, str],
    *,
    visibility: str,
    references: Sequence[str] = (),
    publisher: str = "",
) -> Source:
    """Write the description of a new editable source.

    Raises ConfigError for an invalid id, and for one that is taken.
    """
    _check_free(instance, name)
    path = instance.sources / f"{name}.toml"
    keys = {
        "id": name,
        "editable": True,
        "publisher": publisher,
        "visibility": visibility,
        "references": list(references),
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items() if value]
    lines += ["", "[title]"]
    lines += [f"{tag} = {json.dumps(text, ensure_ascii=False)}" for tag, text in title.items()]
    write_atomic(path, ("\n".join(lines) + "\n").encode())
    try:
        return source.read(path)
    except ConfigError:
        path.unlink()
        raise


def _check_free(instance: Instance, name: str) -> None:
    if not is_valid_id(name):
        raise ConfigError(f"“{name}” is not a valid id", hint=ID_HINT)
    taken = {*source.read_all(), *own(instance), *state(list(Ledger(instance)))}
    if name in taken | RESERVED_IDS | {"quality"} or name.startswith("vocab-"):
        raise ConfigError(f"a source “{name}” exists already", hint="Choose another id.")
