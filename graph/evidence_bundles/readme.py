"""The README of a bundle, in Mongolian and English: what it proves, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.evidence_bundles.enclosed import Enclosed
from graph.evidence_bundles.model import FoundStatement
from graph.ledger.note import Verifier
from graph.trace.model import RuleTexts

SCRIPT_PATH = "help/check_bundle.py"
"""Where a server gives the script that checks a bundle, below its own address."""

_TEXT = """\
НОТЛОХ БАРИМТ · EVIDENCE

{statement}

Шалгалт амжилттай бол: {said_mn}
Шалгах: pip install cryptography
        python3 check_bundle.py ФАЙЛ.zip ТҮЛХҮҮР
check_bundle.py энэ zip-д байхгүй: баримт өөрийгөө шалгах ёсгүй. Төслийн кодын сангаас
(graph/evidence_bundles/check_bundle.py), эсвэл {script} хаягаас авч, бүтнээр нь
унш. Өлзий суулгасан бол `ulzii verify-bundle ФАЙЛ.zip --key ТҮЛХҮҮР` (скриптийг хэвлэх:
`ulzii verify-bundle --script`). Түлхүүрийг эндээс бүү ав, өөр газар хадгалснаа ашигла.
Энэ бүртгэл түлхүүрээ ийм гэж нэрлэдэг:

    {key}

If the check passes: {said_en}
To check it: pip install cryptography
             python3 check_bundle.py FILE.zip KEY
check_bundle.py is not in this zip, since evidence should not check itself. Take it from the
project's repository (graph/evidence_bundles/check_bundle.py) or from
{script}, and read it whole. Where Ulzii is installed:
`ulzii verify-bundle FILE.zip --key KEY` (`ulzii verify-bundle --script` prints the script). Do not
take the key from here, use one that you kept from elsewhere. What this log says its key is stands
above.

{rules_mn}{proven_mn}
Байгууллага үнэн хэлснийг, бусдад яг ийм бүртгэл харагдаж байгааг нотлохгүй.

{rules_en}{proven_en}
It does not prove that the agency told the truth, nor that others see the same log.

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
_NO_ORIGINS = (
    "аль бичлэгээс гарсан нь (ачаалахад нь тэмдэглээгүй)",
    "which record it was made from (the load did not log it)",
)
_NO_RECORDS = (
    "бичлэгт юу бичсэн нь (эх байтыг хавсаргаагүй: зөвшөөрөөгүй, эсвэл нотлох тэмдэглэгээгүй; "
    "файлын хэш нь бий)",
    "what the record says (its bytes are not enclosed, since the source does not allow it or "
    "nothing logged would prove them; the hash of its file is)",
)
_PIECES = (
    "эдгээр байт яг тэр бичлэг мөн эсэх (тэр файлынх гэдэг нь нотлогдсон): файлыг нь нээж шалга",
    "that these bytes are that very record (that they are of that file is proven): open the file",
)


def text(
    found: FoundStatement,
    parts: Enclosed,
    rules: Mapping[str, RuleTexts],
    verifier: Verifier,
    service: str,
) -> str:
    """The README of a bundle with these parts. `rules` says what the rules do that made the
    statement; `service` begins the URLs of the instance's pages."""
    facts = {
        "source": found.version.source,
        "version": found.version.number,
        "layer": found.layer,
    }
    absent = found.number is None
    said = [one.format(**facts) for one in (_SAYS_NOT if absent else _SAYS)]
    word = _ABSENT if absent else _words(parts)
    return _TEXT.format(
        statement=found.line.decode(),
        said_mn=said[0],
        said_en=said[1],
        key=verifier,
        script=f"{service}{SCRIPT_PATH}",
        rules_mn="".join(f"Дүрэм {rule}: {said['mn']}\n" for rule, said in rules.items()),
        rules_en="".join(f"Rule {rule}: {said['en']}\n" for rule, said in rules.items()),
        proven_mn=word[0],
        proven_en=word[1],
    )


def _words(parts: Enclosed) -> tuple[str, str]:
    """What the bundle leaves to be believed."""
    points = [*_missing(parts)]
    mn = "".join(f"\n- {one}" for one, _ in points)
    en = "".join(f"\n- {one}" for _, one in points)
    if not points:
        return (
            "Тэгвэл гаралт, бичлэг нь ч нотлогдоно.",
            "Then its origin and its record are proven as well.",
        )
    return (
        f"Шалгалт амжилттай байсан ч нотлогдохгүй зүйл:{mn}",
        f"Not proven even if the check passes:{en}",
    )


def _missing(parts: Enclosed) -> Iterator[tuple[str, str]]:
    if "origins" not in parts.members:
        yield _NO_ORIGINS
    if any(not name for name, _, _, _ in parts.places):
        yield _NO_RECORDS
    if any(members and members != [name] for name, _, _, members in parts.places):
        yield _PIECES
