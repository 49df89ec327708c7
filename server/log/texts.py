"""Texts of the page of the last verification in Mongolian and English, by key."""

from __future__ import annotations

from typing import Final

from flask import g

from server.http.language import LANGUAGES

LEVELS: Final[tuple[tuple[str, str], ...]] = (
    (
        "логийн мөр, RFC 6962 язгуур, Ed25519 гарын үсэг, гэрчүүдийн баталгаа",
        "log lines, RFC 6962 root, Ed25519 signature, what witnesses cosigned",
    ),
    (
        "архивласан файл бүр нэрэндээ байгаа хэштэй эсэх",
        "every archived file has the hash that names it",
    ),
    (
        "хувилбар бүрийн мөр, язгуур, мөрийн зураглал, ялгаа",
        "every version’s lines, root, row map and patch",
    ),
    (
        "агшны файл; граф бүрт яг нийтэлсэн мөр байгаа эсэх",
        "snapshots: their files, and every graph holds exactly its published lines",
    ),
    (
        "архивласан файл, кодоос дахин буулгахад ижил хэш гарах эсэх",
        "replay: the same hashes from the archived bytes by the archived code",
    ),
    (
        "илрүүлсэн зөрүүг дүрмээр дахин гаргахад ижил эсэх",
        "the findings: the same report and statements by the same rules",
    ),
)

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Шалгалт", "Verification"),
    "lead": (
        "Бүртгэл, архив, хувилбар, агшныг хооронд нь тулгасан хамгийн сүүлийн шалгалт.",
        "The last comparison of log, archive, versions and snapshots with each other.",
    ),
    "sound": (
        "Нийтэлсэн бүхэн бүртгэлд байгаагийн дагуу.",
        "Everything published is as the log says.",
    ),
    "unsound": ("Логтой зөрсөн зүйл байна.", "Not everything is as the log says."),
    "none": (
        "Шалгалтын үр дүнг одоогоор хадгалаагүй байна.",
        "No result of a verification is kept yet.",
    ),
    "other": (
        "Энэ үр дүн өөр логийнх: буцаасан, эсвэл сольсон байж болзошгүй.",
        "This result is of another log: it may have been set back, or exchanged.",
    ),
    "at": ("Сүүлд шалгасан", "Last verified"),
    "of": ("Шалгасан эвент", "Events verified"),
    "now": ("одоо", "now"),
    "by": ("Хувилбар", "Software"),
    "level": ("Түвшин", "Level"),
    "checked": ("Юуг шалгадаг", "What is checked"),
    "result": ("Үр дүн", "Result"),
    "fine": ("зөрүүгүй", "no difference"),
    "not_done": ("шалгаагүй", "not done"),
    "problem": ("зөрүү", "problems"),
    "warning": ("анхааруулга", "warnings"),
    "not recorded": ("тэмдэглээгүй", "not recorded"),
    "sampled": (
        "2, 4, 5-р түвшинд санамсаргүй сонгосон хувилбарын тоо",
        "Versions taken at random on the levels 2, 4 and 5",
    ),
    "found": ("Илэрсэн зүйл", "What was found"),
    "hidden": (
        "Хязгаарлагдмал эх сурвалжтай тул илэрсэн зүйлийг токентой уншигчдад л харуулна.",
        "There are restricted sources: what was found is shown to tokens that may read them.",
    ),
    "more": ("Үлдсэнийг операторын хадгалсан файлаас.", "The others are in the operator’s file."),
    "witnesses": ("Гэрч", "Witnesses"),
    "self_signed": (
        "Гэрчгүй: зөвхөн өөрийн гарын үсэгтэй",
        "None: self-signed only",
    ),
    "honest": (
        "Энэ бол операторын өөрийн шалгалтын тайлан, нотлох баримт биш. Эргэлзвэл хуулбар дээр нь "
        "өөрөө шалга, мэдүүлгийн нотлох баримтыг татаж нийтийн түлхүүрээр шалга.",
        "This is the report of the operator’s own run, not evidence. Who doubts it verifies a "
        "copy, or downloads the evidence of a statement and checks it with the public key.",
    ),
    "docs": ("Өөрөө шалгах", "Check it yourself"),
}


def text(key: str) -> str:
    """A text in the reader's language."""
    return TEXTS[key][LANGUAGES.index(g.language)]


def level_text(number: int) -> str:
    """What a level checks, in the reader's language."""
    return LEVELS[number][LANGUAGES.index(g.language)]
