"""Whether each version that was held was approved before it was published, and no other."""

from __future__ import annotations

from collections.abc import Iterator

from graph.audit.model.problem import IntegrityProblem
from graph.ledger import Event, Ledger
from graph.versions import held


def check(ledger: Ledger) -> Iterator[IntegrityProblem]:
    """The problems of all Publish events."""
    for item in ledger:
        if item["type"] == "Publish" and (message := _problem(ledger, item)):
            where = f"log/{item['index']} {item['source']} version {item['version']}"
            yield IntegrityProblem(0, where, message)


def _problem(ledger: Ledger, publish: Event) -> str:
    load, named = ledger[publish["load"]], publish.get("approvals", [])
    if not all(_approves(ledger, index, publish) for index in named):
        return "it names an approval that is not one of this version"
    if held.reasons(load) and not named:
        return f"published without approval, though log/{load['index']} was held"
    return ""


def _approves(ledger: Ledger, index: int, publish: Event) -> bool:
    if not 0 <= index < publish["index"]:
        return False
    item = ledger[index]
    return (item["type"], item.get("load"), item.get("decision")) == (
        "Approve",
        publish["load"],
        held.APPROVE,
    )
