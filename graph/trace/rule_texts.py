"""What the rules of a mapping do, in words: a table in the archived code that made a version.

So a trace says what a rule did then. Bundles of earlier versions have no such table. A line without
a loader is of all loaders; one with a loader comes before it.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from functools import lru_cache

from graph.archive import Archive
from graph.ledger import Event
from graph.trace.model import RuleTexts
from graph.trace.publications import description

TABLE = "loaders/mapping_rules.tsv"
_LANGUAGES = ("mn", "en")


def of(archive: Archive, code: Event | None, rules: Collection[str]) -> dict[str, RuleTexts]:
    """The sentences of some rules, by rule and language; those that the code does not describe are
    left out."""
    digest = code["files"].get(TABLE) if code else None
    known = _parsed(archive, digest) if digest else {}
    loader = str(description(archive, code).get("loader", ""))
    found = {rule: known.get((loader, rule)) or known.get(("", rule)) for rule in sorted(rules)}
    return {rule: texts for rule, texts in found.items() if texts}


@lru_cache(maxsize=64)
def _parsed(archive: Archive, digest: str) -> Mapping[tuple[str, str], RuleTexts]:
    lines = archive.read(digest).decode().splitlines()
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return {
        (row.get("loader", ""), row["rule"]): {language: row[language] for language in _LANGUAGES}
        for row in rows
    }
