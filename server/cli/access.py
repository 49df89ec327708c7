"""Commands about who may write, and read what is restricted: token add, list, revoke."""

from __future__ import annotations

import click

from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.versions.state import state
from loaders.editable import sources
from server.auth.tokens import AccessToken, TokenStore
from server.cli.common import current_instance, fail_clearly, json_option, show, table
from server.cli.sources import known_sources


@click.group()
def token() -> None:
    """Tokens for writing editable sources and reading restricted ones."""


@token.command()
@click.argument("name")
@click.option("--write", multiple=True, metavar="SOURCE", help="An editable source it may write.")
@click.option("--read", multiple=True, metavar="SOURCE", help="A restricted source it may read.")
@click.option("--days", default=0.0, help="Days until it ends (0: until it is revoked).")
@json_option
@fail_clearly
def add(
    name: str, write: tuple[str, ...], read: tuple[str, ...], days: float, as_json: bool
) -> None:
    """Make a token and show it, this once: only its hash is kept."""
    of = current_instance()
    _check_known(of, write, read)
    made, text = TokenStore(of).add(name, write, read, days)
    facts = {**_facts(made), "token": text}
    show(facts, as_json, [text, "Дахин харагдахгүй, одоо хадгална уу. · Shown once: keep it now."])


@token.command("list")
@json_option
@fail_clearly
def list_tokens(as_json: bool) -> None:
    """List the tokens: names and what they allow, never the tokens themselves."""
    found = [_facts(one) for one in TokenStore(current_instance())]
    rows = [[", ".join(v) if isinstance(v, list) else v for v in facts.values()] for facts in found]
    show(found, as_json, table(_COLUMNS, rows))


@token.command()
@click.argument("name")
@json_option
@fail_clearly
def revoke(name: str, as_json: bool) -> None:
    """End a token now, in running servers too."""
    ended = TokenStore(current_instance()).revoke(name)
    show(_facts(ended), as_json, [f"{name}: {ended.revoked}"])


def _check_known(of: Instance, write: tuple[str, ...], read: tuple[str, ...]) -> None:
    """A misspelt source would make a token that opens nothing."""
    writable = sources.editable(of)
    readable = {*known_sources(), *state(list(Ledger(of)))}
    for name in [*(n for n in write if n not in writable), *(n for n in read if n not in readable)]:
        kind = "editable source" if name in write else "source"
        raise ConfigError(f"there is no {kind} “{name}”", hint="`ulzii sources` lists them.")


_COLUMNS = ("name", "write", "read", "added", "expires", "revoked")


def _facts(one: AccessToken) -> dict[str, object]:
    values = (one.name, list(one.write), list(one.read), one.added, one.expires, one.revoked)
    return dict(zip(_COLUMNS, values, strict=True))
