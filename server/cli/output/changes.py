"""Changes between versions, as the commands print them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.cli.output.common import counted

_SIGNS = {"added": "+", "deleted": "-", "changed": "~", "renamed": "»", "retyped": "°"}
_SHOWN = 12  # hex digits of a digest


def thing_lines(one: Mapping[str, Any]) -> Iterator[str]:
    """The changes of a thing, with the rows they were made from."""
    yield f"<{one['subject']}>{'  (schema only)' if one['schema_only'] else ''}"
    for change in one["changes"]:
        owner = f"  [{change['whose']}]" if "whose" in change else ""
        yield f"  {_SIGNS[change['kind']]} <{change['predicate']}> {_values(change)}{owner}"
        yield from (f"      {text}" for text in _rows(change) if text)
    if one["omitted"]:
        yield f"  … and {one['omitted']:,} more changes (`--limit 0` lists all)"


def _values(change: Mapping[str, Any]) -> str:
    old, new = change["old"], change["new"]
    if change["kind"] == "renamed":
        return f"{new['object']} (was <{old['predicate']}>)"
    return " → ".join(one["object"] for one in (old, new) if one)


def _rows(change: Mapping[str, Any]) -> list[str]:
    old, new = (_row_text((change[key] or {}).get("rows", ())) for key in ("old", "new"))
    if change["old"] and change["new"]:
        return [f"{old} → {new}" if old or new else ""]
    return [old or new]


def _row_text(rows: Sequence[Mapping[str, str]]) -> str:
    return "; ".join(
        f"{row['locator'] or 'whole'} of {row['capture'].rpartition('-')[2][:_SHOWN]} "
        f"({row['rule']})"
        for row in rows
    )


def count_lines(counts: Mapping[str, Any]) -> Iterator[str]:
    """What changed in numbers."""
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in counts["kinds"].items() if number)
    yield (
        f"{counted(counts['things'], 'thing')} ({counts['schema_only']:,} schema only, "
        f"{counts['value_only']:,} values only): {kinds or 'nothing changed'}"
    )
    if whose := counts.get("whose"):
        yield "whose: " + ", ".join(f"{number:,} {one}" for one, number in sorted(whose.items()))
