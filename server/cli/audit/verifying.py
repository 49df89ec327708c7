"""Compare everything with everything, and keep the result."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from graph.audit import consistency, record
from graph.audit.model.problem import Fault, IntegrityProblem
from graph.audit.verify import verify as check_everything
from graph.core.errors import ConfigError, IntegrityError
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.ledger.checkpoints import read_verifier
from graph.ledger.note import Verifier
from loaders.replay import check as replayed
from loaders.replay import findings
from server.cli.output.common import current_instance, json_option, show
from server.cli.output.progress import reporter


@click.command()
@click.option("--level", type=click.IntRange(0, 5), default=3, show_default=True)
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint kept elsewhere: the log must have grown from it.",
)
@click.option("--key", default=None, help="The verifier key kept elsewhere, or its file.")
@click.option(
    "--sample",
    type=click.IntRange(0),
    default=None,
    metavar="N",
    help="On levels 2, 4 and 5 look at N versions taken at random instead of all (on level 2 at the"
    " published ones too).",
)
@click.option(
    "--record",
    "into",
    is_flag=False,
    flag_value="",
    metavar="[FILE]",
    help="Keep the result in this JSON file, outside ledger and archive; without a name in"
    f" {record.NAME} of the instance, which /verify shows.",
)
@json_option
def verify(
    level: int,
    against: Path | None,
    key: str | None,
    sample: int | None,
    into: str | None,
    as_json: bool,
) -> None:
    """Check ledger, archive, versions and snapshots; exit code 6: problems found.

    Level 4 makes versions again from the archived bytes and code, level 5 their findings, which
    takes long. Nothing is written but the record, nothing signed or repaired, so it works on a
    read-only copy too.
    """
    instance = current_instance()
    kept = None if into is None else Path(into) if into else record.path_of(instance)
    if kept:
        record.check_place(instance, kept)
    head = _head(instance)  # first, so that all it covers is checked while a load goes on
    further = [partial(one.check, sample=sample) for one in (replayed, findings)]
    with reporter("verify") as progress:
        found = check_everything(instance, level, progress, sample=sample, further=further)
        problems = [*_kept(instance, against, key), *found]
    facts = {**head, "problems": [_facts(p) for p in problems]}
    if kept:
        record.write(kept, {**facts, "level": level, "sample": sample})
    show(facts, as_json, [*_head_lines(facts), *_problem_lines(problems, level)])
    if any(problem.fault is Fault.PROBLEM for problem in problems):
        raise SystemExit(6)


def _facts(problem: IntegrityProblem) -> dict[str, Any]:
    return {
        "level": problem.level,
        "where": problem.where,
        "what": problem.message,
        "fault": problem.fault,
        "hint": problem.hint,
    }


def _kept(instance: Instance, against: Path | None, key: str | None) -> list[IntegrityProblem]:
    note = _text(against) if against else None
    kept_key = _key(key) if key is not None else None
    try:
        return list(consistency.check(Ledger(instance), note, kept_key))
    except IntegrityError:  # of the ledger itself: named by the check of everything
        return [*_exchanged(instance, kept_key)] if kept_key else []


def _exchanged(instance: Instance, kept: str) -> Iterator[IntegrityProblem]:
    """That the key is another one, where the ledger cannot be read: then its lines may be as they
    were, and key and checkpoint of another log."""
    try:
        own, found = Verifier.parse(kept), read_verifier(instance)
    except IntegrityError:
        return
    if own != found:
        what = f"the key was exchanged: kept {own}, found {found}"
        hint = "Restore verifier.txt and checkpoint from a copy first, then look at the lines."
        yield IntegrityProblem(0, "ledger", what, hint=hint)


def _key(key_or_path: str) -> str:
    """The key, or what the file of that name holds."""
    path = Path(key_or_path)
    if not key_or_path.strip():
        raise ConfigError("the key that was kept is empty", hint="Give the key, or its file.")
    return _text(path) if path.is_file() or "+" not in key_or_path else key_or_path


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("this cannot be read as text", where=str(path)) from error


def _head(instance: Instance) -> dict[str, Any]:
    """Size, root and key: what to keep elsewhere, and to compare with what was kept."""
    try:
        ledger = Ledger(instance)
    except IntegrityError:
        return {"size": None, "root": None, "key": None}
    root = base64.b64encode(ledger.root).decode()
    return {"size": ledger.size, "root": root, "key": str(ledger.verifier())}


def _head_lines(facts: dict[str, Any]) -> list[str]:
    if facts["size"] is None:
        return []
    return [f"ledger {facts['size']} events, root {facts['root']}", f"key {facts['key']}"]


def _problem_lines(problems: Sequence[IntegrityProblem], level: int) -> list[str]:
    lines = []
    for p in problems:
        lines.append(f"{_label(p.fault)}level {p.level}: {p.where}: {p.message}")
        lines += [f"  {line}" for line in p.hint.splitlines()]
    if any(p.fault is Fault.PROBLEM for p in problems):
        return lines
    return [*lines, f"no problems found (levels 0 to {level})"]


def _label(fault: Fault) -> str:
    return "" if fault is Fault.PROBLEM else f"{fault}: "
