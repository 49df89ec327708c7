"""A synthetic register, described as an engineer describes a table: `loader = "table"`.

`morph.py` has the same mapping in RML.
"""

from __future__ import annotations

from pathlib import Path

from bench.data.synthetic import BASE
from graph.core.iris import Names

STATEMENTS = 10  # of each row
_COLUMNS = ("id", "name_mn", "name_en", "population", "area", "founded", "code", "aimag")

DATASET = Names(BASE).dataset("registers", "register")
THING = Names(BASE).thing("registers", "register", "")
"""What the IRIs of the rows' things begin with; the key follows."""
CLASS = f"{BASE}def/Register"

_DESCRIPTION = f"""\
id = "registers"
loader = "table"
files = ["{{file}}"]
media_type = "text/csv"
publisher = "agency"
[title]
mn = "Бүртгэл"
en = "Register"
[options]
becomes = "records"
described = "2026-11-30T14:00:00+08:00"
numbers = "1,234.5"
[options.dataset]
id = "register"
theme = "GOVE"
rights = "terms"
[options.rights.terms]
mn = "Чөлөөт"
en = "Free"
see = "{BASE}terms"
[options.publisher]
mn = "Байгууллага"
en = "Agency"
[options.record]
class = "{CLASS}"
[[options.columns]]
name = "id"
role = "key"
property = "http://purl.org/dc/terms/identifier"
datatype = "code"
[[options.columns]]
name = "name_mn"
role = "property"
property = "http://purl.org/dc/terms/title"
lang = "mn"
[[options.columns]]
name = "name_en"
role = "property"
property = "http://purl.org/dc/terms/title"
lang = "en"
[[options.columns]]
name = "population"
role = "property"
property = "{BASE}def/population"
datatype = "integer"
[[options.columns]]
name = "area"
role = "property"
property = "{BASE}def/area"
datatype = "decimal"
[[options.columns]]
name = "founded"
role = "property"
property = "http://purl.org/dc/terms/issued"
datatype = "date"
[[options.columns]]
name = "code"
role = "property"
property = "{BASE}def/code"
datatype = "code"
[[options.columns]]
name = "aimag"
role = "property"
property = "{BASE}def/aimag"
datatype = "code"
"""


def describe(table: Path) -> Path:
    """Write the description of a register beside it; give its path."""
    described = table.with_suffix(".toml")
    described.write_text(_DESCRIPTION.format(file=table.name), "utf-8")
    return described


def write(path: Path, rows: int) -> None:
    """Write the register as CSV."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(_COLUMNS) + "\n")
        file.writelines(map(_row, range(rows)))


def _row(n: int) -> str:
    return (
        f"{n:07},Сум дүүрэг {n},Soum number {n},{n * 7919 % 100_000},{n * 31 % 10_000}.{n % 9 + 1},"
        f"{1920 + n % 100}-{n % 12 + 1:02}-{n % 28 + 1:02},{n * 13 % 361:05},{n % 21 + 1:03}\n"
    )
