"""A register as one JSON document, with long texts: python -m bench.mapping.json_register FOLDER

Writes `register.json` of about 440 MB and `register.toml`, a source that maps it by
`loader = "table"`: three statements a record.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

RECORDS = 110_000
_TEXT = "Бүртгэлийн тайлбар: " + "аймаг, сум, дүүргийн мэдээлэл " * 70

_DESCRIPTION = """\
id = "register"
loader = "table"
files = ["register.json"]
media_type = "application/json"
[title]
mn = "Бүртгэл"
en = "Register"
[options]
becomes = "records"
described = "2026-11-30T14:00:00+08:00"
numbers = "1,234.5"
[options.file]
form = "json"
path = "/result/items"
[options.dataset]
id = "register"
theme = "GOVE"
rights = "terms"
[options.rights.terms]
mn = "Чөлөөт"
en = "Free"
see = "https://bench.example/terms"
[options.publisher]
mn = "Байгууллага"
en = "Agency"
[options.record]
class = "https://bench.example/def/Register"
[[options.columns]]
name = "id"
role = "key"
property = "http://purl.org/dc/terms/identifier"
[[options.columns]]
name = "text"
role = "ignore"
"""


def write(folder: Path, records: int = RECORDS) -> Path:
    """Write register and description; give the path of the description."""
    with (folder / "register.json").open("w", encoding="utf-8") as file:
        file.write('{"result": {"items": [\n')
        for number in range(records):
            row = json.dumps(
                {"id": f"{number:07}", "text": f"{number} {_TEXT}"}, ensure_ascii=False
            )
            file.write(row + (",\n" if number < records - 1 else "\n"))
        file.write("]}}\n")
    described = folder / "register.toml"
    described.write_text(_DESCRIPTION, "utf-8")
    return described


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
