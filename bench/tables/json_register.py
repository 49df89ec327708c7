"""A synthetic register as one JSON document, as the national portal offers them:

python -m bench.tables.json_register FOLDER [MEGABYTES]

A record has ten members, an object in it among them, and about 1.7 kB: 440 MB are 250,000 records.
"""

from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path
from typing import Any

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


def write(path: Path, megabytes: int) -> int:
    """Write records until the file has so many megabytes; give their number."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"code": 200, "result": {"items": [\n')
        for number in count():
            if number:
                file.write(",\n")
            file.write(json.dumps(record(number), ensure_ascii=False))
            if number % 100 == 0 and file.tell() >= megabytes * 1_000_000:
                break
        file.write("\n]}}\n")
    return number + 1


if __name__ == "__main__":
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 440
    print(write(Path(sys.argv[1], "register.json"), size), "records")
