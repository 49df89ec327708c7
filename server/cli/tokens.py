"""Access tokens: token add, list, revoke."""

from __future__ import annotations

import click

from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.versions.state import state
from loaders.editable import sources
from server.auth.tokens import AccessToken, TokenStore
from server.cli.output.common import current_instance, json_option, show, table
from server.cli.output.completion import SOURCE
from server.cli.sources import known_sources


@click.group()
def token() -> None:
    """Tokens for writing editable sources and reading restricted ones."""


@token.command()
@click.argument("name")
@click.option(
    "--write",
    multiple=True,
    type=SOURCE,
    metavar="SOURCE",
    help="Editable source that it may write; repeatable.",
)
@click.option(
    "--read",
    multiple=True,
    type=SOURCE,
    metavar="SOURCE",
    help="Restricted source that it may read; repeatable.",
)
@click.option("--days", default=0.0, help="Days until it expires (0: never).")
@json_option
def add(
    name: str, write: tuple[str, ...], read: tuple[str, ...], days: float, as_json: bool
) -> None:
    """Create a token and print it. It cannot be shown again, because only its hash is stored."""
    instance = current_instance()
    _check_known(instance, write, read)
    created, text = TokenStore(instance).add(name, write, read, days)
    facts = {**_facts(created), "token": text}
    note = "Дахин харуулахгүй тул одоо хадгална уу. · Save it now: it is not shown again."
    show(facts, as_json, [text, note])


@token.command("list")
@json_option
def list_tokens(as_json: bool) -> None:
    """List the tokens: names and what they allow, not the tokens themselves."""
    tokens = [_facts(one) for one in TokenStore(current_instance())]
    rows = [[", ".join(v) if isinstance(v, list) else v for v in one.values()] for one in tokens]
    show(tokens, as_json, table(_COLUMNS, rows))


@token.command()
@click.argument("name")
@json_option
def revoke(name: str, as_json: bool) -> None:
    """Revoke a token. It ends at once, in running servers too."""
    token = TokenStore(current_instance()).revoke(name)
    show(_facts(token), as_json, [f"{name}: {token.revoked}"])


def _check_known(instance: Instance, write: tuple[str, ...], read: tuple[str, ...]) -> None:
    """Refuse unknown sources: a misspelt one would make a token that allows nothing."""
    writable = sources.editable(instance)
    readable = {*known_sources(), *state(list(Ledger(instance)))}
    for name in [*(n for n in write if n not in writable), *(n for n in read if n not in readable)]:
        kind = "editable source" if name in write else "source"
        raise ConfigError(f"there is no {kind} “{name}”", hint="`ulzii sources` lists them.")


_COLUMNS = ("name", "write", "read", "added", "expires", "revoked")


def _facts(one: AccessToken) -> dict[str, object]:
    values = (one.name, list(one.write), list(one.read), one.added, one.expires, one.revoked)
    return dict(zip(_COLUMNS, values, strict=True))
