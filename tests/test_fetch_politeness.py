"""How servers are asked: not too often, again when they are busy, with credentials that no one else
sees."""

from __future__ import annotations

import base64
import re
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from graph.archive import Archive
from graph.core.errors import ConfigError, InputError
from graph.core.instance import Instance
from graph.ledger import Ledger, manifests
from graph.outbound.credentials import Credentials, origin
from graph.outbound.fetch_settings import FetchSettings
from loaders.descriptions.schema import CredentialsDescription
from loaders.fetching.retrying import retry_after
from loaders.pipeline.load import load
from loaders.pipeline.source import Source
from server.cli import main
from tests import parts
from tests.servers import Answer, AnsweringServer, Asked, allow, answering, described

pytestmark = pytest.mark.slow

BODY = '<id/1> <http://purl.org/dc/terms/title> "Нэг"@mn .'.encode()
SECRET = "s3cr3t-Нууц".encode().hex()
NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


def source(folder: Path, server: AnsweringServer, path: str = "/x.ttl", more: str = "") -> Source:
    text = f'loader = "rdf"\nfiles = ["{server.url}{path}"]\nmedia_type = "text/turtle"\n{more}'
    return described(folder, "polite", text)


def entries(instance: Instance) -> list[dict[str, Any]]:
    event = Ledger(instance).last("Fetch", "polite")
    assert event is not None
    return manifests.responses(event, Archive(instance.archive))


class Busy:
    """Answers with a status and headers so many times, and then with the body."""

    def __init__(self, times: int, status: int, **headers: str) -> None:
        self.left, self.answer = times, Answer(status=status, headers=headers)

    def __call__(self, _: Asked) -> Answer:
        self.left -= 1
        return self.answer if self.left >= 0 else Answer(BODY)


# --- again, and when ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        ("Monday, 30-Nov-26 08:00:30 GMT", 30.0),  # RFC 850, which RFC 9110 §5.6.7 still allows
        ("Mon Nov 30 08:00:30 2026", 30.0),  # asctime, likewise
        ("", None),
        ("-1", None),
        ("soon", None),
        ("²", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text(max_size=60))
def test_any_retry_after_is_a_time_or_nothing(header: str) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize("tag", parts.each(3, ["\xff", '"' + "x" * 300 + '"', "т"]))
def test_a_validator_that_cannot_be_sent_back_is_not_kept(
    instance: Instance, tmp_path: Path, tag: str
) -> None:
    def behave(_: Asked) -> Answer:
        return Answer(BODY, headers={"ETag": tag.encode().decode("latin-1")})

    with answering(behave) as server:
        allow(instance, server)
        load(instance, source(tmp_path, server))
        assert load(instance, source(tmp_path, server)).status == "same"
    assert "etag" not in entries(instance)[0]


@pytest.mark.parametrize("status", parts.each(4, [503, 429, 502, 504]))
def test_a_busy_server_is_asked_again(instance: Instance, tmp_path: Path, status: int) -> None:
    with answering(Busy(2, status)) as server:
        allow(instance, server, attempts=3)
        assert load(instance, source(tmp_path, server)).status == "published"
        assert len(server.asked) == 3


def test_a_server_is_not_asked_before_the_time_it_names(instance: Instance, tmp_path: Path) -> None:
    with answering(Busy(1, 429, **{"Retry-After": "1"})) as server:
        allow(instance, server)
        load(instance, source(tmp_path, server))
        first, second = server.asked
        assert second.at - first.at >= 1


def test_who_asks_for_more_than_the_limit_is_left_alone(instance: Instance, tmp_path: Path) -> None:
    with answering(Busy(1, 503, **{"Retry-After": "3600"})) as server:
        allow(instance, server, max_wait=5)
        with pytest.raises(InputError, match=r"503; .* in 3,600 seconds, longer .*5, max_wait"):
            load(instance, source(tmp_path, server))
        assert len(server.asked) == 1


def test_a_server_that_stays_busy_is_given_up(instance: Instance, tmp_path: Path) -> None:
    with answering(Busy(99, 503)) as server:
        allow(instance, server, attempts=3)
        with pytest.raises(InputError, match="HTTP status 503, 3 times"):
            load(instance, source(tmp_path, server))
        assert len(server.asked) == 3


@pytest.mark.parametrize("status", parts.each(3, [400, 401, 403, 500, 404, 501]))
def test_what_will_not_change_is_not_asked_again(
    instance: Instance, tmp_path: Path, status: int
) -> None:
    with answering(Busy(1, status)) as server:
        allow(instance, server)
        with pytest.raises(InputError, match=f"HTTP status {status}"):
            load(instance, source(tmp_path, server))
        assert len(server.asked) == 1


def test_a_cut_answer_is_requested_again(instance: Instance, tmp_path: Path) -> None:
    cut = iter([Answer(BODY, sent=10)])
    with answering(lambda _: next(cut, Answer(BODY))) as server:
        allow(instance, server)
        assert load(instance, source(tmp_path, server)).status == "published"
    assert entries(instance)[0]["bytes"] == len(BODY)


@pytest.mark.parametrize("answer", [Answer(BODY, drip=0.1), Answer(BODY, headers={"X": "y"})])
def test_a_server_that_never_ends_is_given_up(
    instance: Instance, tmp_path: Path, answer: Answer
) -> None:
    def behave(_: Asked) -> Answer:
        if not answer.drip:
            time.sleep(3)  # it accepts, and says nothing
        return answer

    with answering(behave) as server:
        allow(instance, server, max_seconds=0.5)
        begun = time.monotonic()
        with pytest.raises(InputError, match="no complete response in"):
            load(instance, source(tmp_path, server))
        assert time.monotonic() - begun < 3


# --- how often, and who asks -------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "pause"), [(5, 0), (1000, 0.2)])
def test_a_host_is_not_asked_too_often(
    instance: Instance, tmp_path: Path, rate: float, pause: float
) -> None:
    with answering(lambda _: Answer(BODY)) as server:
        allow(instance, server, rate=rate)
        files = ", ".join(f'"{server.url}/{n}.ttl"' for n in range(3))
        text = f'loader = "rdf"\nfiles = [{files}]\nmedia_type = "text/turtle"\n'
        load(instance, described(tmp_path, "polite", f"{text}[options]\npause = {pause}"))
        times = [one.at for one in server.asked]
    # 0.2 seconds each, less what the first took until it was sent
    assert times[-1] - times[0] > 0.3


def test_a_request_says_whom_to_write_to(instance: Instance, tmp_path: Path) -> None:
    with answering(lambda _: Answer(BODY)) as server:
        allow(instance, server, contact="mailto:data@agency.mn")
        load(instance, source(tmp_path, server))
        (asked,) = server.asked
    assert asked.headers["user-agent"].startswith("ulzii/")
    assert asked.headers["user-agent"].endswith("; mailto:data@agency.mn)")


def test_a_contact_cannot_be_another_header(instance: Instance) -> None:
    with (instance.root / "instance.toml").open("a") as config:
        config.write('[fetch]\ncontact = "x)\\r\\nX: y"\n')
    with pytest.raises(ConfigError, match="contact"):
        from graph.outbound.fetch_settings import fetch_settings

        fetch_settings(instance)


def test_requests_are_worded_by_their_description(instance: Instance, tmp_path: Path) -> None:
    with answering(lambda _: Answer(BODY)) as server:
        allow(instance, server)
        text = f"""loader = "rdf"
files = []
media_type = "text/turtle"
[[options.requests]]
name = "form.ttl"
url = "{server.url}/form"
form = {{ year = "2026", page = "1" }}
headers = {{ Accept = "text/turtle" }}
[[options.requests]]
name = "text.ttl"
url = "{server.url}/text"
content = "CONSTRUCT WHERE {{ ?s ?p ?o }}"
headers = {{ Content-Type = "application/sparql-query" }}
"""
        load(instance, described(tmp_path, "polite", text))
        form, content = server.asked
    assert (form.method, form.body) == ("POST", b"year=2026&page=1")
    assert form.headers["accept"] == "text/turtle"
    assert content.headers["content-type"] == "application/sparql-query"
    assert content.body == b"CONSTRUCT WHERE { ?s ?p ?o }"


# --- credentials -------------------------------------------------------------------------------

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


# --- docs/fetching.md --------------------------------------------------------------------------

PAGE = (Path(__file__).parent.parent / "docs" / "fetching.md").read_text("utf-8")


def test_the_page_has_every_setting_with_its_default() -> None:
    described_ = dict(re.findall(r"^\| `(\w+)` \| .* \| ([\w,]+) \|$", PAGE, re.M))
    defaults = {one.name: one.default for one in fields(FetchSettings)}
    assert set(described_) == set(defaults)
    for name, text in described_.items():
        expected = defaults[name]
        assert text == (f"{expected:g}" if isinstance(expected, int | float) else "none")
    (table,) = (t for t in re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S) if "[fetch]" in t)
    assert set(tomllib.loads(table)["fetch"]) == set(defaults)


def test_the_credentials_on_the_page_are_right_and_complete() -> None:
    (table,) = (
        t for t in re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S) if "[credentials]" in t
    )
    CredentialsDescription.model_validate(tomllib.loads(table)["credentials"])
    section = PAGE.partition("## Credentials")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.M)) == set(
        CredentialsDescription.model_fields
    )
