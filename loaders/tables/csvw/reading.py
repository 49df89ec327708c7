"""CSVW metadata → the columns, the dialect and the numbers of a description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loaders.formats.cubes.keys import key_of
from loaders.formats.json_strict import error_at, read
from loaders.pipeline.record import Capture
from loaders.tables.csvw.terms import AREA, CONTEXT, DATATYPES, FIGURE, LOCALES, NUMERIC, PERIOD
from loaders.tables.values import period

_HINT = "CSVW: https://www.w3.org/TR/tabular-metadata/"


def options(capture: Capture, becomes: str, table: str) -> dict[str, Any]:
    """The keys `columns`, `file` and `numbers` of `[options]` that the metadata of a table say.

    `table` is the name of its file. Raises InputError for what is no metadata of it, and for
    columns whose numbers are written in different ways.
    """
    found = _table(capture, table)
    schema = found.get("tableSchema", {})
    columns = schema.get("columns") if isinstance(schema, dict) else None
    if not isinstance(columns, list) or not columns:
        raise error_at(capture, "there are no columns", "tableSchema", "columns", hint=_HINT)
    keys = schema.get("primaryKey", [])
    primary = keys if isinstance(keys, list) else [keys]
    described = [_column(capture, one, at, becomes, primary) for at, one in enumerate(columns)]
    numbers = {one.pop("numbers") for one in described if "numbers" in one}
    if len(numbers) > 1:
        message = f"numbers are written in different ways: {', '.join(sorted(numbers))}"
        raise error_at(capture, message, "tableSchema", "columns", hint=_HINT)
    return {
        "columns": described,
        "file": _dialect(capture, found.get("dialect", {})),
        **({"numbers": numbers.pop()} if numbers else {}),
    }


def _table(capture: Capture, name: str) -> Mapping[str, Any]:
    """The description of a table: the only one there is, or the one with its URL (§5.3, §5.4)."""
    document = read(capture)
    context = document.get("@context") if isinstance(document, dict) else None
    if CONTEXT not in (context if isinstance(context, list) else [context]):
        raise error_at(capture, f"“@context” is not {CONTEXT}", "@context", hint=_HINT)
    tables = document.get("tables", [document])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise error_at(capture, "not a list of tables", "tables", hint=_HINT)
    shared = {key: document[key] for key in ("dialect", "tableSchema") if key in document}
    for one in tables:
        if str(one.get("url", "")).rpartition("/")[2] == name or len(tables) == 1:
            return {**shared, **one}
    raise error_at(capture, f"no table has the URL “{name}”", "tables", hint=_HINT)


_DIALECT = {"encoding": "encoding", "delimiter": "delimiter", "quoteChar": "quote"}
_COUNTS = {"headerRowCount": "header", "skipRows": "preamble"}


def _dialect(capture: Capture, dialect: Any) -> dict[str, Any]:
    """The keys of `[options.file]` (§5.9)."""
    if not isinstance(dialect, dict):
        raise error_at(capture, "not a dialect", "dialect", hint=_HINT)
    found = {ours: dialect[name] for name, ours in _DIALECT.items() if dialect.get(name)}
    found |= {ours: dialect[name] for name, ours in _COUNTS.items() if name in dialect}
    if dialect.get("header") is False:
        found["header"] = 0
    return found


def _column(
    capture: Capture, column: Any, at: int, becomes: str, primary: list[Any]
) -> dict[str, Any]:
    if not isinstance(column, dict):
        raise error_at(capture, "not a column", "tableSchema", "columns", at, hint=_HINT)
    title, name = _title(column), str(column.get("name", ""))
    found: dict[str, Any] = {"name": title or name}
    if column.get("suppressOutput") is True:
        return {**found, "role": "ignore"}
    if column.get("virtual") is True or not found["name"]:
        raise error_at(
            capture, "a column without a title", "tableSchema", "columns", at, hint=_HINT
        )
    base, form = _datatype(column.get("datatype", "string"))
    found |= dict(_numbers(base, form))
    if becomes == "records":
        role = "key" if name in primary else "property"
        return {**found, **_property(column, base, form, role)}
    return {**found, **_component(column, name, base, form, title)}


def _title(column: Mapping[str, Any]) -> str:
    """The first title (§6.5: a natural language property): what stands in the head."""
    titles = column.get("titles", "")
    while isinstance(titles, list | dict):
        values = list(titles.values()) if isinstance(titles, dict) else titles
        titles = values[0] if values else ""
    return str(titles)


def _datatype(datatype: Any) -> tuple[str, Any]:
    """The base and the format of a datatype (§5.11.2)."""
    if isinstance(datatype, dict):
        return str(datatype.get("base", "string")), datatype.get("format", "")
    return str(datatype), ""


def _numbers(base: str, form: Any) -> Iterator[tuple[str, str]]:
    if DATATYPES.get(base) not in NUMERIC or not isinstance(form, dict):
        return
    group, point = str(form.get("groupChar", "")), str(form.get("decimalChar", "."))
    signs = (" " if group.isspace() else group, point)
    if signs in LOCALES:
        yield "numbers", LOCALES[signs]


def _property(column: Mapping[str, Any], base: str, form: Any, role: str) -> dict[str, Any]:
    found: dict[str, Any] = {"role": role, "datatype": DATATYPES.get(base, "text")}
    if url := column.get("propertyUrl"):
        found["property"] = url
    elif role == "property":
        found["role"] = "ignore"
    if found["datatype"] == "date" and isinstance(form, str) and form:
        found["dates"] = form
    if (lang := str(column.get("lang", ""))) in {"mn", "en"}:
        found["lang"] = lang
    return found


def _component(
    column: Mapping[str, Any], name: str, base: str, form: Any, title: str
) -> dict[str, Any]:
    """What a column is in a cube, by its property, else by its datatype."""
    url = str(column.get("propertyUrl", ""))
    if url == FIGURE or (not url and DATATYPES.get(base) in NUMERIC):
        return {"role": "measure", **_head(title)}
    if url == AREA:
        return {"role": "dimension", "kind": "area"}
    if url == PERIOD or base in {"date", "gYear", "gYearMonth"}:
        dates = {"dates": form} if base == "date" and isinstance(form, str) and form else {}
        return {"role": "dimension", "kind": "period", **dates}
    key = key_of(url.rpartition("#")[2]) or key_of(name) or key_of(title)
    return {"role": "dimension", "key": key}


def _head(title: str) -> dict[str, Any]:
    """A figure under a head that is a period has the period as a dimension."""
    try:
        period(title)
    except ValueError:
        return {}
    return {"heads": [{"kind": "period"}]}
