"""An instance's own sources: one TOML file each in its directory `sources/`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from graph.core.errors import ConfigError
from graph.core.files import write_atomic
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.versions.state import state
from loaders.pipeline import source
from loaders.pipeline.source import Source


def own(instance: Instance) -> dict[str, Source]:
    """The instance's own sources by id."""
    return source.read_all(instance.sources)


def editable(instance: Instance) -> dict[str, Source]:
    """Those that are written over HTTP."""
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
    """Describe a new editable source.

    Raises ConfigError for an id that is none, or is taken.
    """
    _check_free(instance, name)
    path = instance.sources / f"{name}.toml"
    facts = {
        "id": name,
        "editable": True,
        "publisher": publisher,
        "visibility": visibility,
        "references": list(references),
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in facts.items() if value]
    lines += ["", "[title]"]
    lines += [f"{tag} = {json.dumps(text, ensure_ascii=False)}" for tag, text in title.items()]
    write_atomic(path, ("\n".join(lines) + "\n").encode())
    try:
        return source.read(path)
    except ConfigError:
        path.unlink()
        raise


def _check_free(instance: Instance, name: str) -> None:
    if not source.is_valid_id(name):
        raise ConfigError(f"“{name}” is no id", hint="An id is made of a-z, 0-9 and -.")
    taken = {*source.read_all(), *own(instance), *state(list(Ledger(instance)))}
    if name in taken | source.RESERVED_IDS | {"quality"} or name.startswith("vocab-"):
        raise ConfigError(f"there is a source “{name}” already", hint="Choose another id.")
