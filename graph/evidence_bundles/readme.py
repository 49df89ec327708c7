"""The README of a bundle, in Mongolian and English: what it proves, and what it does not."""

from __future__ import annotations

import json
from collections.abc import Mapping

from graph.evidence_bundles.model import FoundStatement
from graph.ledger.note import Verifier

_TEXT = """\
НОТЛОХ БАРИМТ · EVIDENCE

{statement}

{said_mn}
Шалгах: python check_bundle.py ФАЙЛ.zip ТҮЛХҮҮР (скриптийг хэвлэх: `ulzii verify-bundle --script`)
эсвэл `ulzii verify-bundle ФАЙЛ.zip --key ТҮЛХҮҮР`. Түлхүүрийг эндээс бүү ав, өөр газар хадгалснаа
ашигла. Энэ бүртгэл түлхүүрээ ийм гэж нэрлэдэг:

    {key}

{said_en}
To check it: python check_bundle.py FILE.zip KEY (`ulzii verify-bundle --script` prints the script),
or `ulzii verify-bundle FILE.zip --key KEY`. Do not take the key from here, use one that you kept
from elsewhere. What this log says its key is stands above.

{proven_mn}

{proven_en}

Энэ бичвэрийг шалгадаггүй: файлыг өгсөн хүн өөрчилсөн байж болно. Шалгалтын хэвлэснийг л үндэслэ.
This text is not checked: whoever gave you this file may have changed it. Rely on what the check
prints.
"""

_SAYS = (
    "{source} эх сурвалжийн {version}-р хувилбар ({layer} давхарга) үүнийг мэдүүлсэн.",
    "Version {version} of the source {source} (layer {layer}) states this.",
)
_SAYS_NOT = (
    "{source} эх сурвалжийн {version}-р хувилбар ({layer} давхарга) үүнийг мэдүүлээгүй.",
    "Version {version} of the source {source} (layer {layer}) does not state this.",
)
_ABSENT = (
    "Нотолгооны нөхцөл: мөрүүд эрэмбэлэгдсэн байх; үүнийг `ulzii verify --level 2` шалгадаг.",
    "The condition: the lines of the version are sorted, which `ulzii verify --level 2` checks.",
)
_WORDS: tuple[tuple[str, str, str], ...] = (
    (
        "rows/",
        "аль бичлэгээс гарсан нь (мөрийн зураглал хавсаргаагүй)",
        "which record it was made from (the row map is not enclosed)",
    ),
    (
        "lines/",
        "мэдүүлгийн дугаар (хувилбарын бүх мөрийг хавсаргаагүй)",
        "the number of the statement, by which the row map names its record (the lines are not "
        "enclosed)",
    ),
    (
        "records/",
        "бичлэгт юу бичсэн нь (эх байтыг хавсаргаагүй, зөвхөн хэш нь бий)",
        "what the record says (its bytes are not enclosed, only the hash of its file)",
    ),
    (
        "c",
        "бичлэгийн байт нь тэр файлынх мөн эсэх (файлыг, хэсгийг нь хавсаргаагүй)",
        "that the bytes of the record are of that file (neither it nor its pieces are enclosed)",
    ),
)
_ELSEWHERE = (
    "эдгээр байт яг тэр мөр, нүд мөн эсэх: файлыг хавсаргаагүй; бүртгэлийн эрхлэгч "
    "эсвэл эх сурвалжаас нь авч, SHA-256 хэшийг шалгалтын хэвлэсэнтэй тулга",
    "that these bytes are that row or cell: the file is not enclosed; ask the log's operator or "
    "the source for it, and compare its SHA-256 with the one that the check prints",
)
_ALWAYS = (
    "эдгээр байт яг тэр мөр, нүд мөн эсэх (ачаалахад нь тэмдэглээгүй): файлыг нь нээж тоол",
    "that these bytes are that row or cell (the load did not log it): open the file and count",
)


def text(found: FoundStatement, members: Mapping[str, bytes], verifier: Verifier) -> str:
    """The README of a bundle with these other members."""
    facts = {
        "source": found.version.source,
        "version": found.version.number,
        "layer": found.layer,
    }
    absent = found.number is None
    said = [one.format(**facts) for one in (_SAYS_NOT if absent else _SAYS)]
    word = _ABSENT if absent else _words(members)
    return _TEXT.format(
        statement=found.line.decode(),
        said_mn=said[0],
        said_en=said[1],
        key=verifier,
        proven_mn=word[0],
        proven_en=word[1],
    )


def _words(members: Mapping[str, bytes]) -> tuple[str, str]:
    """What the bundle leaves to be believed."""
    kinds = {name.partition("/")[0] + "/" for name in members}
    missing = [(mn, en) for kind, mn, en in _WORDS if not _has(kinds, kind)]
    paths = [path is not None for path in json.loads(members["manifest.json"])["paths"]]
    is_placed = "marks/" in kinds and any(paths)
    points = missing
    if "records/" in kinds and not (is_placed and all(paths)):
        points = [*missing, _ALWAYS if "captures/" in kinds else _ELSEWHERE]
    mn = "".join(f"\n- {one}" for one, _ in points)
    en = "".join(f"\n- {one}" for _, one in points)
    if not points:
        return "Бүгд нотлогдсон.", "All of it is proven."
    return (
        f"Нотлогддоггүй, файлыг өгсөн хүн өөрчилсөн байж болох зүйл:{mn}",
        f"Not proven, may have been changed by whoever gave you this file:{en}",
    )


def _has(kinds: set[str], kind: str) -> bool:
    if kind == "c":
        return bool(kinds & {"captures/", "pieces/", "marks/"}) or "records/" not in kinds
    return kind in kinds
