"""Tokens: shown once, kept as hashes, good until revoked or expired."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from graph.core.errors import ConfigError
from graph.core.instance import Instance
from loaders.editable import sources
from server.auth import bearer
from server.auth.tokens import PREFIX, TokenStore
from server.cli import main
from server.http.problem_details import HttpProblem


def test_a_token_is_found_by_its_text_alone(instance: Instance) -> None:
    tokens = TokenStore(instance)
    made, text = tokens.add("office", ("notes",), ("drafts",))
    assert text.startswith(PREFIX)
    assert len(text) > 45
    assert tokens.find(text) == made
    assert made.readable == {"notes", "drafts"}
    assert tokens.find(text + "x") is None
    assert tokens.find(made.hash) is None
    assert tokens.find("") is None


def test_the_file_holds_no_token_and_is_the_operators_alone(instance: Instance) -> None:
    _, text = TokenStore(instance).add("office", ("notes",), ())
    kept = instance.tokens.read_text("utf-8")
    assert text not in kept
    assert text.removeprefix(PREFIX) not in kept
    assert instance.tokens.stat().st_mode & 0o777 == 0o600


def test_two_tokens_with_one_text_would_have_two_hashes(instance: Instance) -> None:
    tokens = TokenStore(instance)
    salts = {tokens.add(name, (), ())[0].salt for name in ("a", "b", "c")}
    assert len(salts) == 3


def test_a_revoked_token_stops_at_once_for_whoever_looks(instance: Instance) -> None:
    serving = TokenStore(instance)
    made, text = TokenStore(instance).add("office", ("notes",), ())
    assert serving.find(text) == made
    TokenStore(instance).revoke("office")
    assert serving.find(text) is None
    assert [token.name for token in serving] == ["office"]


def test_a_token_ends_on_its_day(instance: Instance) -> None:
    tokens = TokenStore(instance)
    made, text = tokens.add("office", (), ("drafts",), days=1)
    assert tokens.find(text)
    assert made.is_valid(made.added)
    assert not made.is_valid(made.expires)
    _, gone = tokens.add("past", (), (), days=-1)
    assert tokens.find(gone) is None


@pytest.mark.parametrize("name", ["", "Office", "a b", "-a", "a" * 65, "99112233", "../x"])
def test_names_are_short_and_nobodys_number(instance: Instance, name: str) -> None:
    with pytest.raises(ConfigError, match="not a valid name"):
        TokenStore(instance).add(name, (), ())


def test_a_name_is_used_once_even_when_revoked(instance: Instance) -> None:
    tokens = TokenStore(instance)
    tokens.add("office", (), ())
    tokens.revoke("office")
    with pytest.raises(ConfigError, match="already"):
        tokens.add("office", (), ())
    with pytest.raises(ConfigError, match="no token"):
        tokens.revoke("other")


def test_tokens_made_at_once_are_all_kept(instance: Instance) -> None:
    names = [f"t{n}" for n in range(12)]
    threads = [
        threading.Thread(target=TokenStore(instance).add, args=(name, (), ())) for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(token.name for token in TokenStore(instance)) == sorted(names)


def test_no_header_is_nobody(instance: Instance) -> None:
    assert bearer.token_of("", TokenStore(instance)) is None
    with pytest.raises(HttpProblem) as caught:
        bearer.require_token("", TokenStore(instance))
    assert caught.value.problem.kind.status == 401
    assert caught.value.problem.headers["WWW-Authenticate"] == 'Bearer realm="ulzii"'


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("Bearer", "invalid_request"),
        ("Basic dTpw", "invalid_request"),
        ("Bearer a b", "invalid_request"),
        ("Bearer өлзий", "invalid_request"),
        ("Bearer ulzii-unknown", "invalid_token"),
    ],
)
def test_what_is_no_good_token_is_a_challenge(instance: Instance, header: str, error: str) -> None:
    with pytest.raises(HttpProblem) as caught:
        bearer.token_of(header, TokenStore(instance))
    assert caught.value.problem.kind.status == 401
    assert f'error="{error}"' in caught.value.problem.headers["WWW-Authenticate"]


def test_the_scheme_is_read_in_any_case(instance: Instance) -> None:
    made, text = TokenStore(instance).add("office", (), ())
    assert bearer.token_of(f"bearer  {text}", TokenStore(instance)) == made


def run(instance: Instance, *arguments: str) -> str:
    data = ["--data", str(instance.root)]
    return CliRunner().invoke(main, [*data, "token", *arguments], catch_exceptions=False).output


def test_the_commands(instance: Instance, tmp_path: Path) -> None:
    sources.add(instance, "notes", {"en": "notes"}, visibility="public")
    assert "no editable source “nots”" in run(instance, "add", "office", "--write", "nots")
    assert "no source “nots”" in run(instance, "add", "office", "--read", "nots")
    made = json.loads(run(instance, "add", "office", "--write", "notes", "--days", "2", "--json"))
    assert TokenStore(instance).find(made["token"])
    assert made["write"] == ["notes"]
    assert made["token"] not in run(instance, "list") + run(instance, "list", "--json")
    assert "office" in run(instance, "list")
    run(instance, "revoke", "office")
    assert TokenStore(instance).find(made["token"]) is None
    assert "no token" in run(instance, "revoke", "other")
