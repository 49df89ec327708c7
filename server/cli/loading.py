"""Loading data: load, demo."""

from __future__ import annotations

import gc
import json
import logging
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from graph.archive import Archive
from graph.core.errors import ConfigError, InputError, UlziiError
from graph.core.instance import CONFIG, Instance, open_instance
from graph.core.iris import ROOT
from graph.ledger import Ledger
from graph.ledger.events import now
from graph.reports.harvest import HarvestReport, RejectedRecord, RuleCount, rule_counts
from graph.reports.schedule import schedule
from graph.statements.layer import FINDINGS
from loaders import quality
from loaders.pipeline.load import load as load_source
from loaders.pipeline.model import REJECTED, SAME, WOULD_HOLD, WOULD_PUBLISH, LoadOutcome
from loaders.pipeline.source import Source, read, read_all
from loaders.together.load import load_together
from server.cli.instances import create_instance
from server.cli.output import harvest
from server.cli.output.common import (
    counted,
    current_instance,
    data_directory,
    host_option,
    json_option,
    port_option,
    show,
)
from server.cli.output.completion import SOURCE
from server.cli.output.failures import as_error
from server.cli.output.progress import reporter
from server.cli.sources import known_sources, wrong_descriptions

HELD_EXIT_CODE = 10
"""Nothing is wrong, but somebody has to decide (docs/stability.md)."""


Selected = list[tuple[str, Source | UlziiError]]
"""Sources to load by name; a description that cannot be read is an error in its place."""


def _selected(names: tuple[str, ...], *, is_all: bool, only_due: bool) -> Selected:
    """The named sources; all of the instance and the bundled ones, or those of them that are due;
    the bundled ones if nothing is said."""
    if names and (is_all or only_due):
        raise ConfigError("name sources, or say --all or --due, not both")
    if names:
        return [(one.id, one) for one in map(_source, names)]
    if not (is_all or only_due):
        return [*read_all().items()]
    return [one for one in _all() if not only_due or _is_due(one[1])]


def _all() -> Selected:
    """The sources that are loaded, references first; then the descriptions that are wrong."""
    loaded = [(name, one) for name, one in known_sources().items() if not one.editable]
    return [*loaded, *wrong_descriptions().items()]


def _is_due(one: Source | UlziiError) -> bool:
    if not isinstance(one, Source):
        return True  # it is told each time, until somebody mends it
    ledger = Ledger(current_instance())
    moment = now()
    return schedule(ledger.prefix(ledger.size), one.id, one.frequency, moment).is_due(moment)


def _source(name: str) -> Source:
    if name.endswith(".toml"):
        return read(Path(name))
    sources = known_sources()
    if wrong := wrong_descriptions().get(name):
        raise wrong
    if name not in sources:
        raise ConfigError(f"there is no source “{name}”", hint="`ulzii sources` lists them.")
    return sources[name]


def _load(instance: Instance, source: Source, wait: float, *, dry_run: bool = False) -> LoadOutcome:
    gc.freeze()  # modules and shapes stay; closing a store need not look through them for garbage
    with reporter(source.id) as progress:
        return load_source(instance, source, reporter=progress, wait=wait, dry_run=dry_run)


def _line(outcome: LoadOutcome, rules: Iterable[RuleCount] = ()) -> str:
    """One line of a load; what is zero is left out."""
    counts, found = outcome.counts, sum(one.findings for one in rules)
    parts = [
        f"{outcome.source}: {outcome.status}, version {outcome.version}",
        counted(counts["records"], "record"),
        *(f"{counts[kind]:,} {kind}" for kind in ("rejected", "skipped") if counts[kind]),
        *([f"{counted(found, 'finding')} about its data"] if found else []),
    ]
    return ", ".join(parts) + _why_held(outcome)


def _report(instance: Instance, outcome: LoadOutcome) -> HarvestReport | None:
    """What a load changed, rejected and found, if it made a version."""
    made = outcome.status not in {SAME, WOULD_PUBLISH, WOULD_HOLD}
    return harvest.report_of(instance, outcome.source, most=0) if made else None


def _why_held(outcome: LoadOutcome) -> str:
    """What holds a load back, and what to do about it."""
    reasons = "".join(f"\n  {reason}" for reason in outcome.held)
    if not outcome.is_held:
        return reasons
    if outcome.status == REJECTED:
        return f"{reasons}\n  log/{outcome.load} was rejected; the last version stays published."
    return (
        f"{reasons}\n  The last version stays published. If this is right:"
        f" `ulzii approve {outcome.source} --reason TEXT` (log/{outcome.load})."
    )


@dataclass(slots=True)
class _LoadRun:
    """Loads of several sources, one after the other, whatever becomes of each."""

    instance: Instance
    wait: float
    dry_run: bool
    as_json: bool
    done: list[dict[str, Any]] = field(default_factory=list)
    failed: dict[str, int] = field(default_factory=dict)
    """Exit code by source."""
    is_held: bool = False

    def run(self, name: str, source: Source | UlziiError) -> None:
        try:
            if isinstance(source, UlziiError):
                raise source
            self._succeeded(_load(self.instance, source, self.wait, dry_run=self.dry_run))
        except Exception as error:  # a fault of ours in one loader is no reason to skip the others
            logging.getLogger(__name__).debug("%s", name, exc_info=True)
            self._failed(name, as_error(error))

    def _succeeded(self, outcome: LoadOutcome) -> None:
        found = _report(self.instance, outcome)
        told = asdict(outcome) | {"rules": [rule._asdict() for rule in outcome.rules]}
        self.done.append(told | ({"report": harvest.facts(found)} if found else {}))
        self.is_held |= outcome.is_held
        text = [
            _line(outcome, found.rules if found else outcome.rules),
            *(harvest.lines(found) if found else harvest.rule_lines(outcome.source, outcome.rules)),
        ]
        show(None, False, [] if self.as_json else text)

    def _failed(self, name: str, error: UlziiError) -> None:
        self.failed[name] = error.exit_code
        told = {"source": name, "status": "failed", "error": str(error)}
        found = error.rejected if isinstance(error, InputError) else ()
        rejected = [RejectedRecord(*one) for one in found]
        self.done.append(told | ({"rejected": list(map(asdict, rejected))} if rejected else {}))
        where = "" if error.where == name else f"{name}: "
        click.echo(f"ulzii: {where}{error}", err=True)
        for text in harvest.rejected_lines(name, rejected):
            click.echo(text, err=True)

    def exit(self) -> None:
        """Print what is left to say, and exit with the code of the first failure."""
        if self.as_json:
            show(self.done, True, [])
        if self.failed and len(self.done) > 1:
            names = ", ".join(self.failed)
            click.echo(f"ulzii: {len(self.failed)} of {len(self.done)} failed: {names}", err=True)
        if self.failed or self.is_held:
            raise SystemExit(next(iter(self.failed.values()), HELD_EXIT_CODE))


@click.command()
@click.argument("names", nargs=-1, type=SOURCE, metavar="[SOURCE|FILE.toml]...")
@click.option("--all", "is_all", is_flag=True, help="All sources: bundled ones, the instance's.")
@click.option("--due", "only_due", is_flag=True, help="Those of all that are to be checked now.")
@click.option("--dry-run", is_flag=True, help="Fetch, map and validate; publish and log nothing.")
@click.option("--wait", default=0.0, help="Seconds to wait while another process writes.")
@click.option("--allow-shrink", is_flag=True, hidden=True)
@json_option
def load(
    names: tuple[str, ...],
    is_all: bool,
    only_due: bool,
    dry_run: bool,
    wait: float,
    allow_shrink: bool,
    as_json: bool,
) -> None:
    """Load the named sources, or all bundled ones.

    If a source fails, the others are loaded all the same. The exit code is that of the first
    failure, or 10 if a load is held until it is approved (`ulzii approve`).
    """
    if allow_shrink:
        raise ConfigError(
            "--allow-shrink is gone: what shrinks is held",
            hint="Load without it, look at what is held, then `ulzii approve SOURCE --reason …`.",
        )
    run = _LoadRun(current_instance(), wait, dry_run, as_json)
    for name, source in _selected(names, is_all=is_all, only_due=only_due):
        run.run(name, source)
    run.exit()


@click.command()
@host_option
@port_option
@click.option("--no-serve", is_flag=True, help="Load only.")
@click.option("--no-score", is_flag=True, help="Do not score the metadata.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON: loaded; then the address.")
def demo(port: int, host: str, no_serve: bool, no_score: bool, as_json: bool) -> None:
    """Create an instance if there is none, load and score the bundled sources, and serve them."""
    if not no_serve:
        _check_port(host, port)
    root = data_directory()
    instance = open_instance(root) if (root / CONFIG).exists() else create_instance(ROOT)
    if not as_json and not Ledger(instance).last("Publish", "rules"):
        click.echo("Loading the bundled sources: a minute or two the first time, no network.")
    begun = time.monotonic()
    gc.freeze()  # modules and shapes stay; closing a store need not look through them for garbage
    outcomes = load_together(instance, list(read_all().values()), reporter, wait=60.0)
    is_to_score = not no_score and _is_to_score(instance, outcomes)
    if is_to_score and no_serve:
        outcomes.append(_score(instance))
    if as_json:
        told = [asdict(one) | {"rules": [r._asdict() for r in one.rules]} for one in outcomes]
        click.echo(json.dumps({"loaded": told}, ensure_ascii=False))
    else:
        show(None, False, _first_lines(instance, outcomes, time.monotonic() - begun))
    if not no_serve:
        from server.cli.serving import serve_demo

        serve_demo(instance, host, port, score=is_to_score, as_json=as_json)


def _check_port(host: str, port: int) -> None:
    """Fail before loading, not after it."""
    from server.front.serve import listen  # a third of what a load would import

    listen(host, port).close()


def _is_to_score(instance: Instance, outcomes: list[LoadOutcome]) -> bool:
    """Whether something was published that the scores do not know, or there are no scores."""
    is_scored = any(True for _ in Ledger(instance).events.find("Publish", quality.SOURCE))
    return not is_scored or any(one.status != SAME for one in outcomes)


def _score(instance: Instance) -> LoadOutcome:
    with reporter(quality.SOURCE) as progress:
        return quality.publish(instance, quality.assess(instance), reporter=progress, wait=60.0)


def _first_lines(instance: Instance, loaded: list[LoadOutcome], seconds: float) -> list[str]:
    """A line for each source that has a new version or is held, and the total."""
    events, archive = Ledger(instance).events, Archive(instance.archive)
    told = [
        _line(one, rule_counts(archive, events[one.load]["layers"][FINDINGS]["lines"]))
        for one in loaded
        if one.status != SAME
    ]
    same = len(loaded) - len(told)
    unchanged = [f"{counted(same, 'source')}: nothing new"] if same else []
    total = [f"{counted(len(told), 'source')} loaded in {seconds:.0f} s"] if told else []
    return [*told, *unchanged, *total]
