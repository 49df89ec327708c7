"""Proofs for people who do not trust us: prove."""

from __future__ import annotations

import re
from typing import Any

import click

from graph.archive import Archive
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.evidence import subject_proof
from graph.evidence_bundles.finding import find
from graph.evidence_bundles.model import BundleRequest
from graph.ledger.merkle import leaf_hash
from graph.snapshots.published_events import events_of
from graph.trace import publications
from graph.transparency import proofs, signed_log, witnesses
from graph.transparency.signed_log import SignedLog
from server.cli.output.common import current_instance, json_option, show

_EVENT = re.compile(r"(?:.*\blog/)?(0|[1-9][0-9]{0,17})")


@click.command()
@click.argument("what", required=False, default="")
@click.option("--since", type=int, default=None, help="Prove growth from a log of this size.")
@click.option("--until", type=int, default=None, help="… to this size (default: now).")
@json_option
def prove(what: str, since: int | None, until: int | None, as_json: bool) -> None:
    """Prove that the log holds event WHAT (its number), that a version holds statement WHAT, or
    that the log only grew.

    The proof of an event is printed as c2sp.org/tlog-proof, which other programs verify. That of a
    statement leads to the root in the Load event of its version.
    """
    instance = current_instance()
    log = signed_log.read(instance)
    if since is not None:
        _consistency(log, since, log.size if until is None else until, as_json)
    elif match := _EVENT.fullmatch(what):
        _event(instance, log, int(match[1]), as_json)
    elif what:
        _statement(instance, log, what, as_json)
    else:
        hint = "`ulzii prove 5`, `ulzii prove STATEMENT`, or `ulzii prove --since SIZE`."
        raise ConfigError("nothing to prove", hint=hint)


def _statement(instance: Instance, log: SignedLog, text: str, as_json: bool) -> None:
    archive, events = Archive(instance.archive), events_of(instance, log.size)
    request = BundleRequest(text, readable=None)
    found = find(instance, archive, publications.read(events), request)
    proof = subject_proof(archive, instance.cache, found.load, found.layer, found.subject)
    assert proof is not None  # the layer has a line of this subject
    facts: dict[str, Any] = {
        "statement": found.line.decode(),
        "source": found.version.source,
        "version": found.version.number,
        "layer": found.layer,
        "load": found.load["index"],
        "leaf": proof.leaf.decode(),
        "index": proof.index,
        "size": proof.size,
        "path": proofs.encode(proof.path),
        "root": proof.root.hex(),
    }
    lines = [f"{name} {facts[name]}" for name in facts if name not in {"leaf", "path"}]
    show(facts, as_json, [*lines, *facts["path"], "", *facts["leaf"].splitlines()])


def _event(instance: Instance, log: SignedLog, index: int, as_json: bool) -> None:
    try:
        proof = proofs.inclusion(log, index, witnesses.for_proof(instance, log, index + 1))
    except IndexError as error:
        message = f"there is no event log/{index}"
        raise ConfigError(message, hint=f"The log has {log.size} events.") from error
    line = log.line(index)
    facts = {
        "index": index,
        "line": line.decode(),
        "leaf": leaf_hash(line).hex(),
        "path": proofs.encode(proof.path),
        "checkpoint": proof.note,
    }
    show(facts, as_json, str(proof).splitlines())


def _consistency(log: SignedLog, old: int, new: int, as_json: bool) -> None:
    try:
        path = log.tree.consistency(old, new)
        roots = log.tree.root(old), log.tree.root(new)
    except ValueError as error:
        raise ConfigError(str(error), hint=f"The log has {log.size} events.") from error
    facts: dict[str, Any] = {
        "old": old,
        "new": new,
        "old_root": proofs.encode(roots[:1])[0],
        "new_root": proofs.encode(roots[1:])[0],
        "path": proofs.encode(path),
    }
    show(facts, as_json, [f"old {old}", f"new {new}", *facts["path"]])
