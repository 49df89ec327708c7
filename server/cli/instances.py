"""Managing an instance: init, status, rebuild."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from graph import snapshots
from graph.archive import Archive
from graph.core import instance as instances
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.core.iris import ROOT
from graph.core.remote_settings import CREDENTIALS_VARIABLE, RemoteStoreSettings, from_toml
from graph.ledger import Event, Ledger, recovery
from graph.ledger import create as create_ledger
from graph.publication.publish import Publisher
from graph.publication.writer_lock import hold_writer_lock
from graph.reports.checks import asked, checks
from graph.reports.harvest import last_run
from graph.store.authentication import keep_credentials
from graph.store.remote import RemoteStore
from graph.versions.state import state
from loaders.pipeline.source import BUNDLED, described
from server.cli.output.common import (
    counted,
    current_instance,
    data_directory,
    json_option,
    show,
    table,
)
from server.cli.output.held import held_facts, held_lines
from server.cli.output.progress import reporter


def create_instance(
    base: str, remote: RemoteStoreSettings | None = None, credentials: Path | None = None
) -> Instance:
    """Create an instance in the data directory, with its signing key and first ledger event.

    A remote store must answer a request first, else the instance is not completed.
    """
    instance = instances.create(data_directory(), base, remote)
    create_ledger(instance)
    if credentials:
        keep_credentials(instance.keys, credentials)
    if remote:
        instance = replace(instance, remote=RemoteStore.detect_engine(instance))
    instances.write_config(instance)
    return instance


@click.command()
@click.option("--base", required=True, help=f"Base of all IRIs; the demo uses {ROOT}")
@click.option(
    "--store", type=click.Choice(["embedded", "remote"]), default="embedded", show_default=True
)
@click.option("--query-url", default="", help="Query endpoint of a remote store.")
@click.option("--update-url", default="", help="Its update endpoint.")
@click.option("--graph-store-url", default="", help="Its Graph Store Protocol endpoint (?graph=…).")
@click.option("--auth", default="", help="Its authentication: basic, digest or bearer.")
@click.option(
    "--credentials",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"File with user:password or a token, which is copied (default: {CREDENTIALS_VARIABLE}).",
)
@json_option
def init(
    base: str,
    store: str,
    query_url: str,
    update_url: str,
    graph_store_url: str,
    auth: str,
    credentials: Path | None,
    as_json: bool,
) -> None:
    """Create an empty instance and its signing key."""
    urls = {"query_url": query_url, "update_url": update_url, "graph_store_url": graph_store_url}
    if store == "embedded" and any(urls.values()):
        raise ConfigError("these URLs need a remote store", hint="Add --store remote.")
    settings = {"kind": store, **urls, **({"auth": auth} if auth else {})}
    instance = create_instance(base, from_toml(settings), credentials)
    key = str(Ledger(instance).verifier())
    facts = {"data": str(instance.root), "base": instance.base, "store": store, "verifier": key}
    show(facts, as_json, [f"created {instance.root}; its verifier key is {key}"])


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Show what is published, the size of the ledger, failed loads, and what is held.

    Failures of sources that are gone are left out: nobody describes them here any more, and
    nothing of them is published.
    """
    instance = current_instance()
    ledger, now = Ledger(instance), snapshots.current(instance)
    events = ledger.prefix(ledger.size)
    loads = state(events)
    rows = [_row(source, load) for source, load in sorted(loads.items())]
    held = held_facts(ledger)
    known = asked(events, described(BUNDLED, instance.sources))
    stands = {name: asdict(checks(events, name)) for name in known}
    facts = {
        "base": instance.base,
        "ledger": ledger.size,
        "store": instance.remote.query_url if instance.remote else "embedded",
        "snapshot": now.name if now else None,
        "sources": [dict(zip(_COLUMNS, row, strict=True)) for row in rows],
        "failures": [one for one in _failures(ledger) if one["source"] in stands],
        "held": held,
        "runs": {name: _run(events, instance, name) for name in loads},
        "checks": stands,
    }
    head = f"ledger {ledger.size} events, snapshot {facts['snapshot']}, base {instance.base}"
    broken = _broken_lines(stands)
    notes = [*_failure_lines(facts["failures"]), *broken, *held_lines(held)]
    show(facts, as_json, [head, *table(_COLUMNS, rows), *notes])


def _run(events: Sequence[Event], instance: Instance, source: str) -> dict[str, Any]:
    """How the last run of a source ended, and the address of its report."""
    run = last_run(events, source)
    return {**asdict(run), "report": instance.names.report(source)}


def _broken_lines(of_sources: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        f"! {source}: broken since {one['broken_since']} ({counted(one['failures'], 'run')}); "
        f"last checked {one['checked'] or 'never'}, last changed {one['changed'] or 'never'}"
        for source, one in of_sources.items()
        if one["broken_since"]
    ]


_COLUMNS = ("source", "version", "stated", "inferred", "findings", "records", "rejected", "loaded")


def _row(source: str, load: Event) -> tuple[object, ...]:
    layers, counts = load["layers"], load["counts"]
    sizes = (layers[name]["statements"] for name in ("stated", "inferred", "findings"))
    return (source, load["version"], *sizes, counts["records"], counts["rejected"], load["at"])


def _failures(ledger: Ledger) -> list[dict[str, Any]]:
    """Sources whose latest load failed or is in quarantine."""
    last: dict[str, Event] = {}
    for item in ledger:
        if item["type"] in {"Fetch", "Quarantine"}:
            last[item["source"]] = item
    return [_failure(item) for item in last.values() if _failed(item)]


def _failed(item: Event) -> bool:
    return item["type"] == "Quarantine" or bool(item["outcome"] == "failed")


def _failure(item: Event) -> dict[str, Any]:
    errors = [r["error"] for r in item.get("responses", ()) if "error" in r]
    reason = item.get("reason") or item.get("error") or "; ".join(errors)
    return {"source": item["source"], "event": item["index"], "at": item["at"], "reason": reason}


def _failure_lines(failures: Any) -> list[str]:
    return [f"! {f['source']}: {f['reason']} (log/{f['event']}, {f['at']})" for f in failures]


@click.command()
@click.option("--wait", default=0.0, help="Seconds to wait while another process writes.")
@json_option
def rebuild(wait: float, as_json: bool) -> None:
    """Rebuild the store from ledger and archive."""
    instance = current_instance()
    with hold_writer_lock(instance, "rebuild", wait), reporter("rebuild") as progress:
        ledger = Ledger(instance)
        recovery.recover(instance, ledger)  # the ledger alone: the store is made again anyhow
        Archive(instance.archive).remove_incoming()
        snapshot = Publisher(instance, ledger, progress).rebuild()
    name = snapshot.name if snapshot else None
    show({"snapshot": name}, as_json, [f"snapshot {name}" if name else "nothing is published yet"])
