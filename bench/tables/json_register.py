"""A synthetic register as one JSON document, as the national portal offers them:

python -m bench.tables.json_register FOLDER [RECORDS]

A record has nine members, one of them an object, and about 1.5 kB: 286,000 records are 440 MB.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

RECORDS = 286_000
STATEMENTS = 11  # of each record: its class, its dataset, and nine properties

_AIMAGS = ("Архангай", "Баян-Өлгий", "Баянхонгор", "Булган", "Говь-Алтай", "Дорноговь", "Дорнод")
_FORMS = ("Хязгаарлагдмал хариуцлагатай компани", "Хувьцаат компани", "Нөхөрлөл", "Хоршоо")
_KINDS = ("Худалдаа", "Барилга", "Тээвэр", "Боловсрол", "Эрүүл мэнд", "Газар тариалан")
_WORDS = (
    "бөөний болон жижиглэн худалдаа, барилга угсралт, тээвэр зуучлал, хүнсний үйлдвэрлэл, "
    "мал аж ахуй, газар тариалангийн бүтээгдэхүүн боловсруулах, аялал жуулчлал, "
).split()


def record(number: int) -> dict[str, Any]:
    """One legal entity; no two have the same number, name or activities."""
    words = [_WORDS[(number * 7 + at * at) % len(_WORDS)] for at in range(70)]
    return {
        "Регистрийн дугаар": f"{2_000_000 + number}",
        "Оноосон нэр": f"Үлгэр {number} ХХК",
        "Бүртгэсэн огноо": f"{1992 + number % 34}-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "Хэлбэр": _FORMS[number % len(_FORMS)],
        "Төрөл": _KINDS[number % len(_KINDS)],
        "Хаяг": {
            "Аймаг": _AIMAGS[number % len(_AIMAGS)],
            "Дэлгэрэнгүй": f"{number % 12 + 1} дүгээр баг, {number % 997 + 1} тоот",
        },
        "Ажилчдын тоо": number * 31 % 250,
        "Дүрмийн сан": f"{number * 7919 % 10_000_000}.50",
        "Үйл ажиллагаа": f"{number}: {' '.join(words)}",
    }


def write(path: Path, records: int) -> None:
    """Write so many records."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"code": 200, "result": {"items": [\n')
        for number in range(records):
            file.write((",\n" if number else "") + json.dumps(record(number), ensure_ascii=False))
        file.write("\n]}}\n")


if __name__ == "__main__":
    write(Path(sys.argv[1], "register.json"), int(sys.argv[2]) if len(sys.argv) > 2 else RECORDS)
