"""The header `Ulzii-Notice`: what explains that a result is empty, or has gaps."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from graph.queries.model.query import Notice

_AS_THEY_ARE = "!#$&'()*+,/:;=?@[]~"


def notice_header(notices: Iterable[Notice]) -> list[tuple[str, str]]:
    """The header as a list of RFC 9651, of kinds with what each is about, percent-encoded; nothing
    without notices."""
    items = (f'{kind};name="{quote(name, safe=_AS_THEY_ARE)}"' for kind, name in notices)
    value = ", ".join(items)
    return [("Ulzii-Notice", value)] if value else []
