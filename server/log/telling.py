"""What an event of the log tells beside its kind and source, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable

from graph.ledger.events import Event
from server.http.language import text
from server.pages.layout.writing import number_text


def details(item: Event) -> str:
    """A few words on an event that the reader may see; empty where there is nothing to add."""
    tell = _TOLD.get(item["type"])
    return tell(item) if tell else ""


def _code(item: Event) -> str:
    kind = item["kind"]
    return _known(f"log_kind_{kind}", kind) + f" {item['name']}"


def _fetch(item: Event) -> str:
    number = item.get("counts", {}).get("responses", len(item.get("responses", ())))
    outcome = item["outcome"]
    return _known(f"log_fetch_{outcome}", outcome).format(number=number_text(number))


def _records(item: Event) -> str:
    counts = item["counts"]
    if not {"mapped", "records"} <= counts.keys():  # a version that no loader made
        return ""
    return _counted("log_told_Load", counts)


def _findings(item: Event) -> str:
    return _counted("log_told_Validate", {"Violation": 0, "Warning": 0, "Info": 0} | item["counts"])


def _counted(key: str, counts: dict[str, int]) -> str:
    return text(key).format(**{name: number_text(number) for name, number in counts.items()})


def _known(key: str, word: str) -> str:
    """The text of a word of the log; the word itself where a later version wrote another one."""
    try:
        return text(key)
    except KeyError:
        return word


_TOLD: dict[str, Callable[[Event], str]] = {
    "Key": lambda item: _known(f"log_key_{item['action']}", item["action"]),
    "Code": _code,
    "Fetch": _fetch,
    "Load": _records,
    "Validate": _findings,
    "Approve": lambda item: _known(f"log_decided_{item['decision']}", item["decision"]),
}
