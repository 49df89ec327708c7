"""The kinds of findings that loaders report, with severity and words (`kinds.ttl`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapes.rules import Rule

FILE = Path(__file__).with_name("kinds.ttl")
_RULES = "https://w3id.org/ulzii/rule/"


@cache
def kinds() -> dict[str, Rule]:
    """All kinds by name, such as `iri-mended`."""
    # not at the top: who only accepts writes need not wait for rdflib
    import rdflib

    from shapes.rules import read_rules

    rules = read_rules(rdflib.Graph().parse(FILE, format="turtle"))
    return {iri.removeprefix(_RULES).rpartition("/")[0]: rule for iri, rule in rules.items()}


def kind(name: str) -> Rule:
    """The rule of a kind. Raises ValueError for one that the table does not have."""
    try:
        return kinds()[name]
    except KeyError:
        raise ValueError(f"no kind of finding “{name}”: add it to {FILE.name}") from None
