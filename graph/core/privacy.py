"""Mask personal data in logs: citizens' register numbers and phone numbers.

A register number is two Cyrillic letters and eight digits (Law on State Registration of Citizens);
agencies also write it with similar Latin letters. A phone number has eight digits.
"""

from __future__ import annotations

import re

_REGISTER_NUMBER = re.compile(r"(?<!\w)[^\W\d_]{2}\s?\d{8}(?!\d)")
_PHONE = re.compile(r"(?<![\d.,])(?:\+?976[\s-]?)?[5-9]\d{3}[\s-]?\d{4}(?![\d.,])")
_HIDDEN = "…"


def mask_personal_data(text: str) -> str:
    """The text with everything that looks like a register or phone number replaced by “…”."""
    return _PHONE.sub(_HIDDEN, _REGISTER_NUMBER.sub(_HIDDEN, text))
