"""Deciding what is published: approve, retire."""

from __future__ import annotations

import getpass

import click

from graph.publication import retirement
from graph.publication.approval import Decision, decide
from graph.publication.writer_session import writer_session
from graph.versions.held import APPROVE, REJECT
from server.cli.output.common import current_instance, json_option, show
from server.cli.output.completion import SOURCE
from server.cli.output.progress import reporter


@click.command()
@click.argument("source", type=SOURCE)
@click.option("--reason", required=True, help="Why; it is logged, and everybody can read it.")
@click.option("--load", type=int, default=None, help="Index of the Load event (default: newest).")
@click.option("--reject", is_flag=True, help="Do not publish it; the last version stays.")
@click.option("--by", default="", help="Who decides (default: the user of this process).")
@click.option("--wait", default=0.0, help="Seconds to wait while another process writes.")
@json_option
def approve(
    source: str,
    reason: str,
    load: int | None,
    reject: bool,
    by: str,
    wait: float,
    as_json: bool,
) -> None:
    """Publish a load of SOURCE that is held, exactly as it was held; or reject it.

    Nothing is fetched again. `ulzii sources` and `ulzii status` show what is held and why.
    """
    instance = current_instance()
    decision = Decision(
        source=source,
        decision=REJECT if reject else APPROVE,
        reason=reason,
        by=by or getpass.getuser(),
        load=load,
    )
    with (
        writer_session(instance, f"approve {source}", wait) as ledger,
        reporter(source) as progress,
    ):
        event, snapshot = decide(instance, ledger, decision, progress)
    done = "rejected" if reject else "published"
    facts = {
        "source": source,
        "status": done,
        "version": event["version"],
        "load": event["index"],
        "snapshot": snapshot.number if snapshot else None,
    }
    show(facts, as_json, [f"{source}: {done}, version {event['version']} (log/{event['index']})"])


@click.command()
@click.argument("source", type=SOURCE)
@click.option("--reason", required=True, help="Why; it is logged, and everybody can read it.")
@click.option("--by", default="", help="Who decides (default: the user of this process).")
@click.option("--wait", default=0.0, help="Seconds to wait while another process writes.")
@json_option
def retire(source: str, reason: str, by: str, wait: float, as_json: bool) -> None:
    """Take SOURCE out: publish a version of it without statements.

    What it said stays in the archive; its datasets become tombstones. Loading it again brings it
    back.
    """
    instance = current_instance()
    with (
        writer_session(instance, f"retire {source}", wait) as ledger,
        reporter(source) as progress,
    ):
        event, snapshot = retirement.retire(
            instance, ledger, source, reason, by or getpass.getuser(), progress
        )
    facts = {
        "source": source,
        "status": "retired",
        "version": event["version"],
        "load": event["index"],
        "snapshot": snapshot.number if snapshot else None,
    }
    show(facts, as_json, [f"{source}: retired, version {event['version']} (log/{event['index']})"])
