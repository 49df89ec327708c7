"""Making versions again from the archive: replay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from graph.history.published import one_of, versions
from graph.ledger import Ledger
from loaders.replay.findings import ReplayedFindings, replay_findings
from loaders.replay.replay import Difference, Replayed, Verdict
from loaders.replay.replay import replay as replay_version
from server.cli.output.common import current_instance, json_option, show
from server.cli.output.completion import SOURCE

EXIT_CODES = {Verdict.PROVEN: 0, Verdict.DIFFERENT: 6, Verdict.UNDECIDED: 12}


@click.command()
@click.argument("source", type=SOURCE)
@click.argument("version", type=click.IntRange(1), required=False)
@json_option
def replay(source: str, version: int | None, as_json: bool) -> None:
    """Map a version again, from the archived bytes by the archived code, and compare the hashes.

    Without VERSION the published one. Exit code 0: proven, the hashes are the same; 6: they are
    not; 12: undecided, it could not be run here, or ran on other versions of packages.
    """
    instance = current_instance()
    events = Ledger(instance).events
    chosen = one_of(versions(events, source), source, version)
    done = replay_version(instance, events, chosen.load)
    found = replay_findings(instance, events, chosen.load)
    facts = {**_facts(done), "findings": _of_findings(found)}
    show(facts, as_json, [*_lines(done), _findings_line(found)])
    # of the rules undecided is usual: they change more often than versions do
    different = Verdict.DIFFERENT in {done.verdict, found.verdict}
    raise SystemExit(EXIT_CODES[Verdict.DIFFERENT if different else done.verdict])


def _of_findings(found: ReplayedFindings) -> dict[str, Any]:
    return {key: getattr(found, key) for key in ("verdict", "reason", "made", "met")}


def _findings_line(found: ReplayedFindings) -> str:
    why = f": {found.reason}" if found.reason else ""
    met = f"; {found.met:,} that the loader met are not made again" if found.met else ""
    made = f" ({found.made:,} statements{met})" if found.verdict is Verdict.PROVEN else ""
    return f"findings: {found.verdict}{why}{made}"


def _facts(done: Replayed) -> dict[str, Any]:
    layers = done.layers or {}
    return {
        "source": done.load["source"],
        "version": done.load["version"],
        "load": done.load["index"],
        "verdict": done.verdict,
        "reason": done.reason,
        "layers": {name: one.to_json() for name, one in layers.items()},
        "differences": [asdict(one) for one in done.differences],
        "environment": {k: {"recorded": a, "here": b} for k, (a, b) in done.environment.items()},
        "taken_as_empty": list(done.taken_as_empty),
    }


def _lines(done: Replayed) -> Iterator[str]:
    load, why = done.load, f": {done.reason}" if done.reason else ""
    yield f"{load['source']} version {load['version']} (log/{load['index']}): {done.verdict}{why}"
    differ = {(one.layer, one.of): one for one in done.differences}
    for name, layer in (done.layers or {}).items():
        for what in ("lines", "root", "rows"):
            yield _hash_line(name, what, getattr(layer, what), differ.get((name, what)))
    for package, (was, here) in done.environment.items():
        yield f"  {package}: {was} when it was loaded, {here or 'not installed'} here"
    if done.taken_as_empty:
        yield f"  the bundle lacks {', '.join(done.taken_as_empty)}: taken as empty"


def _hash_line(layer: str, what: str, made: str, difference: Difference | None) -> str:
    said = f"logged is {difference.logged}" if difference else "as logged"
    return f"  {layer} {what} {made}: {said}"
