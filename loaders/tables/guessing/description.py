"""The TOML description of a guessed table: values with their reasons, open questions as “?”."""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graph.core.privacy import mask_personal_data
from graph.ledger.events import now
from loaders.formats.cubes.keys import key_of
from loaders.tables.guessing.model import GuessedColumn
from loaders.tables.guessing.table import GuessedTable
from loaders.tables.guessing.units import GuessedUnits, of_rows, units
from loaders.tables.values import fitting_locales

_REFERENCES = ["authority", "admin-units", "catalog", "organisations", "vocab-stat"]
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_FREQUENCIES = {"year": "ANNUAL", "quarter": "QUARTERLY", "month": "MONTHLY", "week": "WEEKLY"}
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".json": "application/json",
}
BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class DescriptionLine:
    """One line of a description. `section` is its table (`[options.file]`, `[[options.columns]]`);
    the first entry of a column begins a new one."""

    section: str
    key: str
    value: object
    why: str = ""
    question: str = ""


def entries(found: GuessedTable, file: str) -> Iterator[DescriptionLine]:
    """The description in order; `file` is the path of the file, relative to the description. What
    looks like personal data in examples is masked, and no label that has it gets a key."""
    for line in _entries(found, file):
        why, question = map(mask_personal_data, (line.why, line.question))
        yield replace(line, why=why, question=question)


def _entries(found: GuessedTable, file: str) -> Iterator[DescriptionLine]:
    yield from _source(found, file)
    yield from _options(found)
    yield from _file(found)
    rows = found.unit_texts
    said = of_rows(rows) if rows else units(found.columns, found.above)
    yield from _dataset(found, said)
    yield from _units(said)
    for text, keys in said.texts.items():
        yield _unit_text(text, keys, rows[text])
    for column in found.columns:
        yield from _column(column)
    if not _is_cube(found.columns):
        yield _record()
    for column in found.columns:
        for label, key in column.codes.items():
            if mask_personal_data(label) == label:
                yield DescriptionLine(f"[options.codes.{column.keys['key']}]", label, key)


def _source(found: GuessedTable, file: str) -> Iterator[DescriptionLine]:
    name = Path(file)
    yield DescriptionLine("", "id", key_of(name.stem) or "table", "from the name of the file")
    yield DescriptionLine("", "loader", "table")
    question = "Whose table is it? The key of an organisation, like x-nso: `docs/names.md`."
    yield DescriptionLine("", "publisher", "?", question=question)
    yield DescriptionLine("", "files", [file])
    yield DescriptionLine("", "media_type", media_type(name))
    yield DescriptionLine(
        "", "references", _REFERENCES, "what the rules look up: places, organisations"
    )
    title, lang = mask_personal_data(found.title) or name.stem, language(found)
    why = "from the row above the table" if found.title else "from the name of the file"
    yield DescriptionLine("[title]", lang, title, f"{why}; write it in Mongolian and English")


def media_type(name: Path) -> str:
    """The media type of a file, by its ending."""
    known = _MEDIA_TYPES.get(name.suffix.lower())
    return known or mimetypes.guess_type(name.name)[0] or "text/plain"


def language(found: GuessedTable) -> str:
    """mn where the heads have Cyrillic letters, else en."""
    text = " ".join(column.name for column in found.columns) + found.title
    return "mn" if _CYRILLIC.search(text) else "en"


def _is_cube(columns: Sequence[GuessedColumn]) -> bool:
    return any(one.keys["role"] in {"measure", "?"} for one in columns)


def _options(found: GuessedTable) -> Iterator[DescriptionLine]:
    becomes = "cube" if _is_cube(found.columns) else "records"
    why = "it has figures" if becomes == "cube" else _why_records(found.columns)
    yield DescriptionLine("[options]", "becomes", becomes, why)
    yield DescriptionLine("[options]", "described", now(), "when this description took its form")
    lang = language(found)
    yield DescriptionLine("[options]", "lang", lang, "the letters of the heads")
    yield from _numbers(found.figures)


def _why_records(columns: Sequence[GuessedColumn]) -> str:
    if any(one.keys.get("datatype") == "decimal" for one in columns):
        return "each row has an identifier and a name of its own, beside numbers"
    return "it has no column with figures"


def numbers(found: GuessedTable) -> str:
    """How numbers are written; empty where it is a question, or there are none."""
    fit = fitting_locales(found.figures)
    return "" if fit.ambiguous or not fit.locales else fit.locales[0]


def _numbers(texts: Sequence[str]) -> Iterator[DescriptionLine]:
    fit = fitting_locales(texts)
    if not fit.locales:
        return
    if fit.ambiguous:
        question = (
            f"“{fit.ambiguous}” is another number in each of these: "
            f"{', '.join(fit.locales)}. Which one does the agency write?"
        )
        yield DescriptionLine("[options]", "numbers", "?", question=question)
    else:
        why = f"all {fit.numbers} figures that were looked at are written so"
        yield DescriptionLine("[options]", "numbers", fit.locales[0], why)


def _file(found: GuessedTable) -> Iterator[DescriptionLine]:
    dialect, reasons = found.form.dialect, found.form.reasons
    for key, reason in reasons.items():
        value = getattr(dialect, key)
        value = list(value) if isinstance(value, tuple) else value
        doubt = "" if reason.sure else " (not sure)"
        yield DescriptionLine("[options.file]", key, value, reason.why + doubt)


def _dataset(found: GuessedTable, said: GuessedUnits) -> Iterator[DescriptionLine]:
    section = "[options.dataset]"
    yield DescriptionLine(section, "id", key_of(Path(found.capture.name).stem) or "table")
    for key, value in said.dataset.items():
        yield DescriptionLine(section, key, value, said.why)
    if not said.units and not said.texts and _is_cube(found.columns):
        said_so = f"the table says {said.why}" if said.why else "the table does not say it"
        why = f'unit = "…", a key of [options.units.…] with mn and en: {said_so}'
        yield DescriptionLine(section, "", None, why)


def _units(said: GuessedUnits) -> Iterator[DescriptionLine]:
    for unit in said.units.values():
        section = f"[options.units.{unit.key}]"
        yield DescriptionLine(section, "mn", unit.mn)
        yield DescriptionLine(section, "en", unit.en)


def _unit_text(text: str, keys: Mapping[str, object], rows: int) -> DescriptionLine:
    """What a text of a column of units is; a remark where that is not known."""
    section = "[options.unit_texts]"
    if keys:
        return DescriptionLine(section, text, keys, f"{rows} rows")
    why = (
        f'{_key(text)} = {{unit = "…"}}: {rows} rows have this text, which is no known unit, or may'
        " be several; without a line it is published as a unit of this table alone"
    )
    return DescriptionLine(section, "", None, why)


def _column(column: GuessedColumn) -> Iterator[DescriptionLine]:
    section = "[[options.columns]]"
    yield DescriptionLine(section, "name", column.name, column.why)
    for key, value in column.keys.items():
        why, question = column.reasons.get(key, ""), column.questions.get(key, "")
        yield DescriptionLine(section, key, value, why, question)


def _record() -> DescriptionLine:
    question = "What does each row describe? The IRI of a class."
    return DescriptionLine("[options.record]", "class", "?", question=question)


def text(lines: Sequence[DescriptionLine], head: Sequence[str], preview: Sequence[str]) -> str:
    """The description as TOML."""
    written = [f"# {line}" for line in head]
    section = ""
    for entry in lines:
        if entry.section != section or (entry.section.startswith("[[") and entry.key == "name"):
            section = entry.section
            written += ["", section]
        written += _lines(entry)
    written += ["", *(f"# {line}".rstrip() for line in preview)]
    return "\n".join(written) + "\n"


def _lines(entry: DescriptionLine) -> Iterator[str]:
    if entry.question:
        yield f"# QUESTION: {_one_line(entry.question)}"
    if not entry.key:
        yield f"# {_one_line(entry.why)}"
        return
    why = f"  # {_one_line(entry.why)}" if entry.why else ""
    yield f"{_key(entry.key)} = {value_text(entry.value)}{why}"


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def value_text(value: object) -> str:
    """A value as TOML."""
    if isinstance(value, Mapping):
        parts = ", ".join(f"{_key(key)} = {value_text(one)}" for key, one in value.items())
        return "{" + parts + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(value_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
