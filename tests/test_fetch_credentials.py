"""Credentials: sent to the server that they are for, and never written, followed or told."""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from graph.archive import Archive
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.outbound.credentials import Credentials, origin
from loaders.descriptions.schema import CredentialsDescription
from loaders.pipeline.load import load
from server.cli import main
from tests import parts
from tests.servers import Answer, Asked, allow, answering, described
from tests.test_fetch_politeness import BODY, entries, source

pytestmark = pytest.mark.slow

SECRET = "s3cr3t-Нууц".encode().hex()
PAGE = (Path(__file__).parent.parent / "docs" / "fetching.md").read_text("utf-8")

KINDS = {
    "bearer": ("", "authorization", f"Bearer {SECRET}"),
    "basic": (
        'user = "data"',
        "authorization",
        f"Basic {base64.b64encode(f'data:{SECRET}'.encode()).decode()}",
    ),
    "header": ('name = "X-Api-Key"', "x-api-key", SECRET),
    "cookie": ('name = "rxid"', "cookie", f"rxid={SECRET}"),
}


def credentials(kind: str = "bearer", where: str = 'env = "ULZII_CREDENTIAL_X"') -> str:
    return f'[credentials]\nkind = "{kind}"\n{where}\n{KINDS[kind][0]}\n'


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ULZII_CREDENTIAL_X", SECRET)
    return SECRET


def everything_written(instance: Instance) -> Iterator[tuple[str, bytes]]:
    """Every file of an instance but its keys, and every blob unpacked."""
    for path in instance.root.rglob("*"):
        if path.is_file() and not path.is_relative_to(instance.keys):
            yield str(path), path.read_bytes()
    archive = Archive(instance.archive)
    for digest, _ in archive:
        yield digest, archive.read(digest)


def test_something_written_is_found(instance: Instance, tmp_path: Path) -> None:
    """What the next tests rely on."""
    with answering(lambda _: Answer(BODY)) as server:
        allow(instance, server)
        load(instance, source(tmp_path, server))
        host = server.host.encode()
    assert any(host in data for _, data in everything_written(instance))


@pytest.mark.parametrize("kind", parts.each(2, KINDS))
def test_credentials_are_sent_and_nowhere_written(
    instance: Instance, tmp_path: Path, kind: str, secret: str
) -> None:
    with answering(lambda _: Answer(BODY)) as server:
        allow(instance, server)
        load(instance, source(tmp_path, server, more=credentials(kind)))
        (asked,) = server.asked
    _, header, value = KINDS[kind]
    assert asked.headers[header] == value
    needles = {secret.encode(), value.split(" ")[-1].encode()}
    for name, data in everything_written(instance):
        assert not any(needle in data for needle in needles), name


def test_credentials_from_a_file_of_the_instance(instance: Instance, tmp_path: Path) -> None:
    path = instance.keys / "x.credential"
    path.write_text(f"{SECRET}\n")
    with answering(lambda _: Answer(BODY)) as server:
        allow(instance, server)
        described_ = source(tmp_path, server, more=credentials(where='file = "x.credential"'))
        path.chmod(0o640)
        with pytest.raises(ConfigError, match="can be read by others") as refused:
            load(instance, described_)
        assert SECRET not in str(refused.value)
        assert server.asked == []
        path.chmod(0o600)
        load(instance, described_)
        assert server.asked[0].headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("status", parts.each(3, [301, 302, 303, 307, 308]))
def test_credentials_do_not_follow_a_redirect_to_another_server(
    instance: Instance, tmp_path: Path, status: int, secret: str
) -> None:
    with answering(lambda _: Answer(BODY)) as other:

        def lead_on(asked: Asked) -> Answer:
            target = {"/x.ttl": "/there", "/there": f"{other.url}/x.ttl"}[asked.path]
            return Answer(status=status, headers={"Location": target})

        with answering(lead_on) as server:
            allow(instance, server, other)
            load(instance, source(tmp_path, server, more=credentials()))
            assert [a.headers.get("authorization") for a in server.asked] == [
                f"Bearer {secret}",
                f"Bearer {secret}",
            ]
            assert [a.headers.get("authorization") for a in other.asked] == [None]
            (entry,) = entries(instance)
            assert entry["redirects"] == [f"{server.url}/x.ttl", f"{server.url}/there"]
            assert entry["final"] == f"{other.url}/x.ttl"


def test_credentials_are_for_the_first_server_of_a_source_or_the_named_one(
    instance: Instance, tmp_path: Path, secret: str
) -> None:
    with (
        answering(lambda _: Answer(BODY)) as first,
        answering(lambda _: Answer(BODY)) as second,
    ):
        allow(instance, first, second)
        for named, expected in ("", [True, False]), (second.url, [False, True]):
            files = f'files = ["{first.url}/a.ttl", "{second.url}/b.ttl"]'
            text = f'loader = "rdf"\n{files}\nmedia_type = "text/turtle"\n{credentials()}'
            more = f'origin = "{named}"\n' if named else ""
            first.asked.clear()
            second.asked.clear()
            load(instance, described(tmp_path, "polite", text + more))
            sent = ["authorization" in server.asked[0].headers for server in (first, second)]
            assert sent == expected


def repeat_in_body(_: Asked) -> Answer:
    return Answer(BODY + f"# your token is {SECRET}\n".encode())


def repeat_in_redirect(asked: Asked) -> Answer:
    if asked.path == "/x.ttl":
        return Answer(status=302, headers={"Location": f"/y.ttl?token={SECRET}"})
    return Answer(BODY, headers={"ETag": f'"{SECRET}"'})


def repeat_in_failure(asked: Asked) -> Answer:
    if asked.path == "/x.ttl":
        return Answer(status=302, headers={"Location": f"ftp://x/{SECRET}"})
    return Answer()


@pytest.mark.parametrize(
    "repeat", parts.each(2, [repeat_in_body, repeat_in_redirect, repeat_in_failure])
)
def test_a_server_that_repeats_the_secret_does_not_get_it_written(
    instance: Instance, tmp_path: Path, repeat: Callable[[Asked], Answer], secret: str
) -> None:
    with answering(repeat) as server:
        allow(instance, server)
        path = source(tmp_path, server, more=credentials()).path
        done = CliRunner().invoke(main, ["--data", str(instance.root), "load", str(path)])
    assert (done.exit_code == 0) is (repeat is repeat_in_redirect)
    assert secret not in done.output
    for name, data in everything_written(instance):
        assert secret.encode() not in data, name


def test_a_secret_is_found_where_it_is_cut_into_pieces() -> None:
    from graph.outbound.download import DownloadError, _without

    with pytest.raises(DownloadError):
        list(_without((b"abcdef",), [b"..ab", b"cd", b"ef.."], ""))
    assert list(_without((b"abcdef",), [b"..ab", b"ce", b"ef.."], "")) == [b"..ab", b"ce", b"ef.."]


@pytest.mark.parametrize(
    ("value", "message"),
    [(None, "is not set"), ("", "is empty"), ("two\nlines", "no header"), ("нууц", "no header")],
)
def test_a_secret_that_cannot_be_sent_is_said_without_it(
    instance: Instance,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    value: str | None,
    message: str,
) -> None:
    if value is not None:
        monkeypatch.setenv("ULZII_CREDENTIAL_X", value)
    with answering(lambda _: Answer(BODY)) as server:
        allow(instance, server)
        with pytest.raises(ConfigError, match=message) as refused:
            load(instance, source(tmp_path, server, more=credentials()))
        assert not value or value not in str(refused.value)
        assert server.asked == []


@pytest.mark.parametrize(
    "table",
    [
        'env = "PATH"',
        'file = "ledger.pem"',
        'file = "../x.credential"',
        'env = "ULZII_CREDENTIAL_X"\nfile = "x.credential"',
        "",
        'token = "abc"',
    ],
)
def test_only_credentials_can_be_named(tmp_path: Path, table: str) -> None:
    with answering(lambda _: Answer()) as server, pytest.raises(ConfigError, match="credentials"):
        source(tmp_path, server, more=f'[credentials]\nkind = "bearer"\n{table}')


@pytest.mark.parametrize("name", ["Authorization", "cookie", "X-Api-Key", "X-Auth-Token"])
def test_a_secret_cannot_stand_in_a_description(tmp_path: Path, name: str) -> None:
    text = f"""loader = "rdf"
media_type = "text/turtle"
[[options.requests]]
name = "x"
url = "https://agency.mn/x"
headers = {{ {name} = "abc" }}
"""
    with pytest.raises(ConfigError, match=r"\[credentials\]"):
        described(tmp_path, "polite", text)
    with pytest.raises(ConfigError, match="must not contain credentials"):
        described(
            tmp_path,
            "polite",
            'loader = "rdf"\nmedia_type = "text/turtle"\n[[options.requests]]\nname = "x"\n'
            'url = "https://me:abc@agency.mn/x"\n',
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [("host", "x"), ("Transfer-Encoding", "chunked"), ("X y", "z"), ("Accept", "a\\r\\nX: y")],
)
def test_a_header_cannot_change_the_request_itself(tmp_path: Path, name: str, value: str) -> None:
    text = f"""loader = "rdf"
media_type = "text/turtle"
[[options.requests]]
name = "x"
url = "https://agency.mn/x"
headers = {{ "{name}" = "{value}" }}
"""
    with pytest.raises(ConfigError, match="headers"):
        described(tmp_path, "polite", text)


def test_a_secret_is_not_shown() -> None:
    shown = Credentials("https://a:443", {"Authorization": f"Bearer {SECRET}"}, (SECRET,))
    assert SECRET not in repr(shown)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://agency.mn/x", "http://agency.mn/x"),
        ("https://agency.mn/x", "https://agency.mn:8443/x"),
        ("https://agency.mn/x", "https://www.agency.mn/x"),
        ("https://agency.mn/x", "https://agency.mn.evil.example/x"),
        ("https://agency.mn/x", "https://agency.mn@evil.example/x"),
    ],
)
def test_origins_that_differ(one: str, other: str) -> None:
    assert origin(one) != origin(other)
    assert origin("https://Agency.MN:443/x?y") == origin("https://agency.mn/")
    assert origin("not a url") == origin("mailto:x@y") == ""


def test_the_credentials_on_the_page_are_right_and_complete() -> None:
    (table,) = (
        t for t in re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S) if "[credentials]" in t
    )
    CredentialsDescription.model_validate(tomllib.loads(table)["credentials"])
    section = PAGE.partition("## Credentials")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.M)) == set(
        CredentialsDescription.model_fields
    )
