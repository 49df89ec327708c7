"""ASCII keys of labels, for the IRIs of concepts.

A key is made of the label alone, so it stays while the label does. Cyrillic letters are written as
MNS 5217:2012 writes them, without its diaereses: «Эрэгтэй» → `eregtei`, «Өвөл» → `uvul`. Two labels
may give one key; whoever uses keys has to refuse that.
"""

from __future__ import annotations

import re
import unicodedata

_LATIN = dict(
    zip("абвгдезийклмнопрстуфхцыэ", "a b v g d e z i i k l m n o p r s t u f kh ts y e".split(),
        strict=True)
)  # fmt: skip
_LATIN |= {"ж": "j", "ё": "yo", "ө": "u", "ү": "u", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "",
           "ь": "i", "ю": "yu", "я": "ya"}  # fmt: skip
_TABLE = str.maketrans(_LATIN)


def key_of(label: str) -> str:
    """The key of a label, at most 60 characters; empty where it has no letter and no digit that can
    be written in ASCII."""
    cyrillic = unicodedata.normalize("NFC", label).lower().translate(_TABLE)
    plain = unicodedata.normalize("NFKD", cyrillic).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")
