"""Ids of sources: their form, and those that are taken."""

from __future__ import annotations

import re

from graph import void
from graph.versions import provenance

RESERVED_IDS = frozenset({provenance.GRAPH, void.GRAPH})
"""Ids that no source can have: their named graphs are computed."""
ID_HINT = "An id consists of the characters a-z, 0-9 and -."
_ID = re.compile(r"[a-z0-9-]+")


def is_valid_id(text: str) -> bool:
    """Whether a text can be the id of a source."""
    return bool(_ID.fullmatch(text))
