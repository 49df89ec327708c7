"""Loading data: load, demo."""

from __future__ import annotations

import gc
from dataclasses import asdict
from pathlib import Path

import click

from graph.core.errors import ConfigError, UlziiError
from graph.core.instance import CONFIG, Instance, open_instance
from graph.core.iris import ROOT
from graph.reports.harvest import HarvestReport
from loaders.pipeline.load import load as load_source
from loaders.pipeline.model import REJECTED, SAME, LoadOutcome
from loaders.pipeline.source import Source, read, read_all
from server.cli.instances import create_instance
from server.cli.output import harvest
from server.cli.output.common import (
    current_instance,
    data_directory,
    fail_clearly,
    json_option,
    show,
)
from server.cli.output.progress import reporter
from server.cli.serving import serve_demo
from server.cli.sources import known_sources
from server.front.serve import listen

HELD_EXIT_CODE = 10
"""Nothing is wrong, but somebody has to decide (docs/stability.md)."""


def _named(names: tuple[str, ...]) -> list[Source]:
    """Sources by id or path of a TOML file; all bundled ones if none is named."""
    return [_source(name) for name in names] or list(read_all().values())


def _source(name: str) -> Source:
    if name.endswith(".toml"):
        return read(Path(name))
    sources = known_sources()
    if name not in sources:
        raise ConfigError(f"there is no source “{name}”", hint="`ulzii sources` lists them.")
    return sources[name]


def _load(instance: Instance, source: Source, wait: float) -> LoadOutcome:
    gc.freeze()  # modules and shapes stay; closing a store need not look through them for garbage
    with reporter(source.id) as progress:
        return load_source(instance, source, reporter=progress, wait=wait)


def _line(outcome: LoadOutcome) -> str:
    counts = outcome.counts
    return (
        f"{outcome.source}: {outcome.status}, version {outcome.version}, "
        f"{counts['records']} records "
        f"({counts['rejected']} rejected, {counts['skipped']} skipped), "
        f"{outcome.findings} statements of findings{_why_held(outcome)}"
    )


def _report(instance: Instance, outcome: LoadOutcome) -> HarvestReport | None:
    """What a load changed, rejected and found, if it made a version."""
    return None if outcome.status == SAME else harvest.report_of(instance, outcome.source)


def _why_held(outcome: LoadOutcome) -> str:
    """What holds a load back, and what to do about it."""
    if not outcome.is_held:
        return ""
    reasons = "".join(f"\n  {reason}" for reason in outcome.held)
    if outcome.status == REJECTED:
        return f"{reasons}\n  log/{outcome.load} was rejected; the last version stays published."
    return (
        f"{reasons}\n  The last version stays published. If this is right:"
        f" `ulzii approve {outcome.source} --reason TEXT` (log/{outcome.load})."
    )


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE|FILE.toml]...")
@click.option("--wait", default=0.0, help="Seconds to wait while another process writes.")
@click.option("--allow-shrink", is_flag=True, hidden=True)
@json_option
@fail_clearly
def load(names: tuple[str, ...], wait: float, allow_shrink: bool, as_json: bool) -> None:
    """Load the named sources, or all bundled ones.

    If a source fails, the others are loaded all the same. The exit code is that of the first
    failure, or 10 if a load is held until it is approved (`ulzii approve`).
    """
    if allow_shrink:
        raise ConfigError(
            "--allow-shrink is gone: what shrinks is held",
            hint="Load without it, look at what is held, then `ulzii approve SOURCE --reason …`.",
        )
    instance = current_instance()
    done: list[dict[str, object]] = []
    first: UlziiError | None = None
    held = False
    for source in _named(names):
        try:
            outcome = _load(instance, source, wait)
        except UlziiError as error:
            first = first or error
            done.append({"source": source.id, "status": "failed", "error": str(error)})
            click.echo(f"ulzii: {source.id}: {error}", err=True)
        else:
            found = _report(instance, outcome)
            done.append(asdict(outcome) | ({"report": harvest.facts(found)} if found else {}))
            held |= outcome.is_held
            text = [_line(outcome), *(harvest.lines(found) if found else ())]
            show(None, False, [] if as_json else text)
    if as_json:
        show(done, True, [])
    if first:
        raise SystemExit(first.exit_code)
    if held:
        raise SystemExit(HELD_EXIT_CODE)


@click.command()
@click.option("--port", default=8008, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--no-serve", is_flag=True, help="Load only.")
@fail_clearly
def demo(port: int, host: str, no_serve: bool) -> None:
    """Create an instance if there is none, load the bundled sources, and serve them."""
    if not no_serve:
        listen(host, port).close()  # fail before loading, not after it
    root = data_directory()
    instance = open_instance(root) if (root / CONFIG).exists() else create_instance(ROOT)
    for source in read_all().values():
        click.echo(_line(_load(instance, source, wait=60.0)))
    if not no_serve:
        serve_demo(instance, host, port)
