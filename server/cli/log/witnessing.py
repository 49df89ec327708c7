"""Witnesses of the log: add, list, ask, remove."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from graph.core.errors import ConfigError, IntegrityError
from graph.core.instance import Instance
from graph.transparency import asking, signed_log, witnesses
from graph.transparency.cosigner import Cosigner
from graph.transparency.witnesses import Answer, Witness
from server.cli.output.common import current_instance, json_option, show

SELF_SIGNED = "self-signed only: no witness confirms that others see the same log"


@click.group()
def witness() -> None:
    """Witnesses: others who confirm that the log only grew (c2sp.org/tlog-witness)."""


@witness.command()
@click.argument("url")
@click.argument("key")
@json_option
def add(url: str, key: str, as_json: bool) -> None:
    """Add the witness that takes `add-checkpoint` below URL and signs with KEY (a verifier key).

    It must know this log: give its operator the contents of `ledger/verifier.txt`.
    """
    instance = current_instance()
    new = Witness(_key(key), _url(url))
    known = witnesses.read(instance)
    if any(one.cosigner.key == new.cosigner.key or one.name == new.name for one in known):
        raise ConfigError(f"there is a witness “{new.name}”, or one with this key")
    witnesses.write(instance, [*known, new])
    facts = {"name": new.name, "url": new.url, "key": new.key}
    show(facts, as_json, [f"{new.name}: added; `ulzii witness ask` asks it now"])


def _key(text: str) -> str:
    try:
        Cosigner.parse(text.strip())
    except IntegrityError as error:
        hint = "The operator of the witness gives it: name+hash+base64, type 0x04 (Ed25519)."
        raise ConfigError(f"the key of the witness: {error.message}", hint=hint) from error
    return text.strip()


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")) or any(c.isspace() for c in text):
        raise ConfigError(f"“{text}” is not the address of a witness", hint="http(s)://…")
    return text


@witness.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """List the witnesses, and what each said last."""
    instance = current_instance()
    size = signed_log.read(instance).size
    known = witnesses.read(instance)
    rows = [_facts(one, witnesses.last_answer(instance, one)) for one in known]
    lines = [f"{row['name']} {row['url']}: {_said(row['answer'], size)}" for row in rows]
    show({"size": size, "witnesses": rows}, as_json, lines or [SELF_SIGNED])


def _facts(one: Witness, answer: Answer | None) -> dict[str, Any]:
    said = asdict(answer) if answer else None
    return {"name": one.name, "url": one.url, "key": one.key, "answer": said}


def _said(answer: dict[str, Any] | None, size: int) -> str:
    if answer is None:
        return "not asked yet"
    message = f": {answer['message']}" if answer["message"] else ""
    return f"{answer['outcome']}, {answer['size']} of {size} events, {answer['at']}{message}"


@witness.command()
@json_option
def ask(as_json: bool) -> None:
    """Ask every witness to cosign the log now; exit code 6 if one refuses.

    This is also done after each publication, which does not wait for it.
    """
    instance = current_instance()
    answers = asking.ask_all(instance)
    size = signed_log.read(instance).size
    rows = [_facts(one, answer) for one, answer in answers.items()]
    lines = [f"{row['name']}: {_said(row['answer'], size)}" for row in rows]
    show({"size": size, "witnesses": rows}, as_json, lines or [SELF_SIGNED])
    outcomes = {answer.outcome for answer in answers.values()}
    if outcomes - {asking.COSIGNED}:
        raise SystemExit(6 if asking.REFUSED in outcomes else 1)


@witness.command()
@click.argument("name")
@json_option
def remove(name: str, as_json: bool) -> None:
    """Remove the witness NAME, and what it cosigned."""
    instance = current_instance()
    known = witnesses.read(instance)
    found = _named(instance, known, name)
    witnesses.write(instance, [one for one in known if one is not found])
    witnesses.forget(instance, found)
    show({"removed": name}, as_json, [f"{name}: removed"])


def _named(instance: Instance, known: list[Witness], name: str) -> Witness:
    for one in known:
        if one.name == name:
            return one
    raise ConfigError(
        f"there is no witness “{name}”", where=str(instance.root), hint="`ulzii witness list`."
    )
