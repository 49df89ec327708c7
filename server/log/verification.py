"""`/verify`: what the last kept run of `ulzii verify --record` found.

It is the report of the operator's own run, no evidence; the page says how to run it oneself. What
problems are named by may tell of restricted sources: then only readers of all of them see it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template

from graph.audit import record
from graph.audit.model.problem import Fault
from graph.audit.record import VerificationResult
from graph.core.instance import Instance
from graph.transparency import proofs, signed_log
from graph.transparency.guarded import guarded_in
from graph.transparency.signed_log import SignedLog
from server.core.context import AppContext
from server.http.negotiation import HTML
from server.log import answers, trust
from server.log.access import LogAccess

_MOST_SHOWN = 100
_LEVELS = range(6)
"""The levels of `ulzii verify`; each has a text `verify_level_N`."""


def blueprint(context: AppContext) -> Blueprint:
    """The page of the last verification, and the same as JSON."""
    part = Blueprint("verification", __name__)
    access = LogAccess(context.instance)

    @part.get("/verify")
    def verification() -> Response:
        offer, facts = answers.offer(), _facts(context.instance, access)
        if offer is not HTML:
            return answers.as_json(facts)
        last = facts["verified"]
        levels = last["levels"] if last else [{"level": n, "checked": False} for n in _LEVELS]
        body = render_template("verify.html", found=facts, levels=levels)
        return answers.sent(body, HTML)

    @part.get("/verify.json")
    def as_json() -> Response:
        return answers.as_json(_facts(context.instance, access))

    return part


def _facts(instance: Instance, access: LogAccess) -> dict[str, Any]:
    """The last result and the log as it is now.

    Raises ConfigError where what is kept is not a result.
    """
    log, result = signed_log.read(instance), record.read(instance)
    now = {
        "origin": log.checkpoint.origin,
        "size": log.size,
        "root": proofs.encode([log.checkpoint.root])[0],
        "key": str(log.verifier),
        "witnessed": [
            {"by": one.name, "at": one.at, "size": one.size} for one in trust.witnessed(instance)
        ],
    }
    if result is None:
        return {"log": now, "verified": None}
    return {"log": now, "verified": _result(instance, access, log, result)}


def _result(
    instance: Instance, access: LogAccess, log: SignedLog, result: VerificationResult
) -> dict[str, Any]:
    is_open = access.may_read(frozenset(guarded_in(instance, log.size).values()))
    return {
        "at": result.at,
        "ulzii": result.ulzii,
        "size": result.size,
        "root": result.root,
        "sample": result.sample,
        "sound": result.is_sound,
        "of_this_log": trust.is_of(result, log),
        "levels": [_level(result, number) for number in _LEVELS],
        "problems": _problems(instance.root, result) if is_open else None,
        "found": len(result.problems),
    }


def _level(result: VerificationResult, number: int) -> dict[str, Any]:
    found = result.at_level(number)
    faults = None
    if found is not None:
        faults = {fault: sum(one.fault is fault for one in found) for fault in Fault}
    return {"level": number, "checked": found is not None, "found": faults}


def _problems(root: Path, result: VerificationResult) -> list[dict[str, Any]]:
    """The problems, with the paths of this machine as paths in the instance."""
    return [
        {
            "level": one.level,
            "fault": one.fault,
            "where": one.where.replace(f"{root}/", ""),
            "what": one.message.replace(f"{root}/", ""),
        }
        for one in result.problems[:_MOST_SHOWN]
    ]
