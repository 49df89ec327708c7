"""Mask personal data in logs: citizens' register numbers and phone numbers.

A register number is two Cyrillic letters and eight digits (Law on State Registration of Citizens);
agencies also write it with similar Latin letters. A phone number has eight digits.
"""

from __future__ import annotations

import re

_REGISTER_NUMBER = re.compile(r"(?<!\w)[^\W\d_]{2}\s?\d{8}(?!\d)")
_PHONE = re.compile(r"(?<![\d.,])(?:\+?976[\s-]?)?[5-9]\d{3}[\s-]?\d{4}(?![\d.,])")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_HIDDEN = "…"
_ROLES = r"захир(?:ал|лын)|нягтлан(?:гийн)?|(?:нягтлан )?бодогч(?:ийн)?|дарга|эзэмшигч|менежер"
_OF_ROLES = (
    r"(?:дарг|менежер|эзэмшигч|ажилт|иргэ|эз|оюут|сурагч|өвчт|багш|эмч|малч)\w*|төлөөлөгч\w*"
)
_NAMES_OF_PERSONS = re.compile(
    rf"\b(?:{_ROLES}|хариуцсан (?:ажилтан|хүн|мэргэжилтэн)|хариуцагч|холбоо барих (?:хүн|ажилтан)|"
    rf"овог|(?:{_OF_ROLES}) (?:овог )?нэр|director|accountant|owner|contact person)\b",
    re.IGNORECASE,
)
_A_COUNT = re.compile(r"[-+]?[\d\s.,]*")


def mask_personal_data(text: str) -> str:
    """The text with everything that looks like a register or phone number replaced by “…”.

    Where one is seen only once the escapes of JSON (`\\u0423`) are read, they are read.
    """
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return _masked(text) if _masked(plain) == plain else _masked(plain)


def _masked(text: str) -> str:
    return _PHONE.sub(_HIDDEN, _REGISTER_NUMBER.sub(_HIDDEN, text))


def may_name_a_person(column: str, text: str) -> bool:
    """Whether a text below a head like «захирал.нэр» or «Овог» is likely a person's name: figures
    are not, as below «Дарга» in a table of posts."""
    head = " ".join(re.split(r"[\W_]+", column))
    return bool(_NAMES_OF_PERSONS.search(head)) and not _A_COUNT.fullmatch(text)
