"""Commands of an auditor: verify, recover."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from graph.audit import consistency
from graph.audit.problem import Fault, IntegrityProblem
from graph.audit.verify import verify as check_everything
from graph.core.errors import ConfigError, IntegrityError
from graph.core.instance import Instance
from graph.ledger import Ledger, recovery
from graph.publication.recovery import recover as recover_all
from graph.publication.writer_lock import hold_writer_lock
from server.cli.output.common import current_instance, fail_clearly, json_option, show
from server.cli.output.progress import reporter


@click.command()
@click.option("--level", type=click.IntRange(0, 3), default=3, show_default=True)
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint kept elsewhere: the log must have grown from it.",
)
@click.option("--key", default=None, help="The verifier key kept elsewhere, or its file.")
@json_option
@fail_clearly
def verify(level: int, against: Path | None, key: str | None, as_json: bool) -> None:
    """Check ledger, archive, versions and snapshots; exit code 6: problems found.

    Nothing is written, signed or repaired, so it works on a read-only copy too.
    """
    instance = current_instance()
    head = _head(instance)  # first, so that all it covers is checked while a load goes on
    with reporter("verify") as progress:
        problems = [*_kept(instance, against, key), *check_everything(instance, level, progress)]
    facts = {**head, "problems": [_facts(p) for p in problems]}
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
    except IntegrityError:
        return []  # of the ledger itself: named by the check of everything


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


@click.command()
@click.option(
    "--set-aside",
    is_flag=True,
    help="Move lines that this instance did not announce to a file; they are never signed.",
)
@click.option("--wait", default=0.0, help="Seconds to wait for another writer.")
@json_option
@fail_clearly
def recover(set_aside: bool, wait: float, as_json: bool) -> None:
    """Finish what a crash left unfinished, as every writer does first.

    Only what this instance announced itself is finished and signed.
    """
    instance = current_instance()
    with hold_writer_lock(instance, "recover", wait):
        ledger = Ledger(instance)
        moved = _set_aside(instance, ledger) if set_aside else None
        shown = recover_all(instance, ledger)
    facts = {
        "set_aside": moved._asdict() | {"path": str(moved.path)} if moved else None,
        "snapshot": shown.name if shown else None,
    }
    lines = [f"moved to {moved.path}: {_span(moved)}"] if moved else []
    lines += [f"snapshot {shown.name} is published"] if shown else []
    show(facts, as_json, lines or ["nothing was unfinished"])


def _span(moved: recovery.SetAside) -> str:
    one = moved.first == moved.last
    return f"line {moved.first}" if one else f"lines {moved.first} to {moved.last}"


def _set_aside(instance: Instance, ledger: Ledger) -> recovery.SetAside | None:
    """Move foreign lines away; lines that this instance announced stay and are finished."""
    try:
        recovery.recover(instance, ledger)
    except IntegrityError:
        return recovery.set_aside(instance, ledger)
    return None
