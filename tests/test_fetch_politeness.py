"""How servers are asked: not too often, and again when they are busy."""

from __future__ import annotations

import re
import time
import tomllib
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.archive import Archive
from graph.core.errors import ConfigError, InputError
from graph.core.instance import Instance
from graph.ledger import Ledger, manifests
from graph.outbound.fetch_settings import FetchSettings
from loaders.fetching.retrying import retry_after
from loaders.pipeline.load import load
from loaders.pipeline.source import Source
from tests import parts
from tests.servers import Answer, AnsweringServer, Asked, allow, answering, described

pytestmark = pytest.mark.slow

BODY = '<id/1> <http://purl.org/dc/terms/title> "Нэг"@mn .'.encode()
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
