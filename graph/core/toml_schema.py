"""Check a TOML table against a pydantic model: each error with its key and the expected value.

Importing pydantic takes 0.1 s, so this module is imported only where a description is read
(docs/decisions/0019-source-schema.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from graph.core.errors import ConfigError

KeyPath = tuple[int | str, ...]


class TomlTable(BaseModel):
    """Base of all models: unknown keys are refused, and no value is converted to another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TomlError(NamedTuple):
    """An error: the path of its key (`options.tables.X.unit`), a message, the expected value."""

    key: str
    message: str
    expected: str


class TomlKeyError(ValueError):
    """Raised by validators that compare several keys; `key` is the path of the wrong one."""

    def __init__(self, key: KeyPath, message: str) -> None:
        self.key = key
        super().__init__(message)


T = TypeVar("T", bound=TomlTable)


def parse(model: type[T], table: Mapping[str, Any], path: Path, prefix: KeyPath = ()) -> T:
    """The table as an object of its model; `prefix` is where in the file the table stands.

    Raises ConfigError with file, key and the expected value; it lists all errors.
    """
    refuse(find_errors(model, table, prefix), path)
    return model.model_validate(table)


def refuse(errors: Sequence[TomlError], path: Path) -> None:
    """Raise a ConfigError that lists all errors, if there are any."""
    if not errors:
        return
    first, *others = errors
    also = [f"Also {one.key}: {one.message}." for one in others]
    hint = "\n  ".join(filter(None, [first.expected, *also]))
    raise ConfigError(first.message, where=f"{path} {first.key}".rstrip(), hint=hint)


def find_errors(
    model: type[TomlTable], table: Mapping[str, Any], prefix: KeyPath = ()
) -> list[TomlError]:
    """All errors in a table, in the order of the model's fields; unknown keys come last."""
    try:
        model.model_validate(table)
    except ValidationError as error:
        return [_toml_error(model, one, prefix) for one in error.errors(include_url=False)]
    return []


def _toml_error(model: type[TomlTable], error: ErrorDetails, prefix: KeyPath) -> TomlError:
    place = tuple(part for part in error["loc"] if part != "[key]")
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, TomlKeyError):
        place += cause.key
    return TomlError(key_path(prefix + place), _message(error), _expected(model, place, error))


def key_path(parts: KeyPath) -> str:
    """A path as one writes it in TOML: `options.names."Төв"`, `options.requests[0].url`."""
    written = ""
    for part in parts:
        if isinstance(part, int):
            written += f"[{part}]"
        else:
            written += f".{part if _BARE.fullmatch(part) else _quoted(part)}"
    return written.removeprefix(".")


_BARE = re.compile(r"[A-Za-z0-9_-]+")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_KINDS = {
    "string_type": "a text in quotation marks",
    "list_type": "a list in square brackets",
    "dict_type": "a table",
    "model_type": "a table",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
}


def _message(error: ErrorDetails) -> str:
    kind, name = error["type"], error["loc"][-1] if error["loc"] else ""
    if kind == "missing":
        return f"“{name}” is missing"
    if kind == "extra_forbidden":
        return f"there is no key “{name}”"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return f"{_found(error['input'])} is none of {', '.join(allowed)}"
    if kind in _KINDS:
        return f"{_found(error['input'])} is not {_KINDS[kind]}"
    return f"{_found(error['input'])}: {error['msg'].replace('Input should', 'it should')}"


def _found(value: object) -> str:
    """A value as a message names it."""
    if isinstance(value, str):
        return f"the text “{value}”"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, date | time):
        return f"the date {value} (without quotation marks)"
    return "a table" if isinstance(value, Mapping) else "a list"


def _expected(model: type[TomlTable], place: KeyPath, error: ErrorDetails) -> str:
    """The expected value: the field's description; for an unknown key, the keys of its table."""
    if error["type"] == "extra_forbidden":
        table = _model_at(model, place[:-1])
        return _known_keys(table, str(place[-1])) if table else ""
    text = ""
    for depth in range(len(place)):
        table = _model_at(model, place[:depth])
        field = _fields(table).get(str(place[depth])) if table else None
        if field and field.description:
            text = f"{key_path(place[depth : depth + 1])}: {field.description}."
    return text


def _known_keys(table: type[BaseModel], name: str) -> str:
    known = list(_fields(table))
    close = get_close_matches(name, known, 1)
    meant = f" Did you mean “{close[0]}”?" if close else ""
    return f"The keys here are: {', '.join(known) or 'none'}.{meant}"


def _model_at(model: type[BaseModel], place: KeyPath) -> type[BaseModel] | None:
    """The model of the table at a place; keys of tables with free keys and positions are passed."""
    here: type[BaseModel] | None = model
    for part in place:
        if here and (field := _fields(here).get(str(part))):
            here = _model_in(field.annotation)
    return here


def _fields(table: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by their keys in TOML."""
    return {field.alias or name: field for name, field in table.model_fields.items()}


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model inside `X | None`, `list[X]`, `dict[str, X]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
