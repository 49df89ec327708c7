"""Language tags from the ways in which catalogues name languages."""

from __future__ import annotations

import re

_BY_CODE = {
    **{"bul": "bg", "ces": "cs", "cze": "cs", "dan": "da", "deu": "de", "ger": "de", "ell": "el"},
    **{"eng": "en", "est": "et", "eus": "eu", "fin": "fi", "fra": "fr", "fre": "fr", "gle": "ga"},
    **{"glg": "gl", "hrv": "hr", "hun": "hu", "isl": "is", "ita": "it", "jpn": "ja", "kaz": "kk"},
    **{"kor": "ko", "lav": "lv", "lit": "lt", "mlt": "mt", "mon": "mn", "nld": "nl", "dut": "nl"},
    **{"nor": "no", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru", "slk": "sk"},
    **{"slo": "sk", "slv": "sl", "spa": "es", "cat": "ca", "swe": "sv", "tur": "tr", "ukr": "uk"},
    **{"zho": "zh", "chi": "zh"},
}
_TAG = re.compile(r"[a-z]{2}(-[a-z0-9]{2,8})*")


def language_tag(text: str) -> str:
    """The tag that a code, a tag or the address of a language means; empty where it is unknown."""
    last = re.split(r"[/#]", text.strip().rstrip("/#"))[-1].lower().replace("_", "-")
    if last in _BY_CODE:
        return _BY_CODE[last]
    return last if _TAG.fullmatch(last) else ""
