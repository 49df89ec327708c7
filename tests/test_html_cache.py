"""Pages that are kept: equal requests, equal bytes, and no view asked again."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Blueprint, Flask, Response, request
from jinja2 import DictLoader
from werkzeug.test import Client

from server.cache import html_cache
from server.cache.html_cache import HtmlCache
from server.front.warm_up import warm_up_later
from server.http import language, response_headers

HTML = {"Accept": "text/html"}
BUDGET = 1 << 22


@dataclass
class Made:
    """An application with two views, how often they ran, and the state that its pages follow."""

    app: Flask
    state: Any = 1
    hits: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)

    @property
    def client(self) -> Client:
        cache = HtmlCache(self.app.wsgi_app, lambda: self.state, BUDGET, self.hits.append)
        return Client(cache, use_cookies=False)


@pytest.fixture
def made() -> Iterator[Made]:
    made = Made(Flask("pages"))
    for module in (language, response_headers):
        module.init_app(made.app)
    html_cache.init_app(made.app, ["kept"])
    for name in ("kept", "other"):
        part = Blueprint(name, name)

        def view(path: str, name: str = name) -> Response:
            made.ran.append(path)
            body = f"<p>{language.current()} {request.query_string.decode()}</p>" * 200
            response = Response(body, status=404 if path == "gone" else 200)
            if path == "unsure":
                response.headers["Cache-Control"] = "no-store"
            return response

        part.add_url_rule(f"/{name}/<path>", "view", view)
        made.app.register_blueprint(part)
    yield made


def test_an_equal_request_gets_equal_bytes_and_runs_no_view(made: Made) -> None:
    client = made.client
    first, second = (client.get("/kept/a?x=1", headers=HTML) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert (first.data, list(first.headers)) == (second.data, list(second.headers))
    assert made.ran == ["a"]
    assert made.hits == ["kept"]
    assert first.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/kept/a?x=2", {}),
        ("/kept/b?x=1", {}),
        ("/kept/a?x=1", {"Accept-Language": "en"}),
        ("/kept/a?x=1", {"Cookie": "lang=en"}),
        ("/kept/a?x=1", {"Accept-Encoding": "gzip"}),
        ("/kept/a?x=1", {"Accept": "text/html, text/turtle"}),
        ("/kept/a?x=1", {"Host": "elsewhere.example"}),
    ],
)
def test_what_changes_a_page_is_part_of_its_key(
    made: Made, path: str, headers: dict[str, str]
) -> None:
    client = made.client
    client.get("/kept/a?x=1", headers=HTML)
    client.get(path, headers=HTML | headers)
    assert len(made.ran) == 2
    assert client.get(path, headers=HTML | headers).status_code == 200
    assert len(made.ran) == 2


def test_another_state_is_another_page(made: Made) -> None:
    client = made.client
    client.get("/kept/a", headers=HTML)
    made.state = 2
    client.get("/kept/a", headers=HTML)
    assert len(made.ran) == 2


@pytest.mark.parametrize(
    ("path", "headers", "state"),
    [
        ("/other/a", HTML, 1),
        ("/kept/gone", HTML, 1),
        ("/kept/unsure", HTML, 1),
        ("/kept/a", HTML | {"Authorization": "Bearer x"}, 1),
        ("/kept/a", {"Accept": "text/turtle"}, 1),
        ("/kept/a", HTML, None),
    ],
)
def test_all_else_is_asked_each_time(
    made: Made, path: str, headers: dict[str, str], state: int | None
) -> None:
    client, made.state = made.client, state
    for _ in range(2):
        client.get(path, headers=headers)
    assert len(made.ran) == 2
    assert made.hits == []


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_a_validator_is_of_the_bytes_in_their_coding(made: Made, coding: str) -> None:
    client, headers = made.client, HTML | {"Accept-Encoding": coding}
    first = client.get("/kept/a", headers=headers)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    for again in (client, made.client):  # kept, and made anew
        response = again.get("/kept/a", headers=headers | {"If-None-Match": f'"z", {tag}'})
        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == tag
        assert "Content-Type" not in response.headers
        assert again.get("/kept/a", headers=headers | {"If-None-Match": '"z"'}).data == first.data
    other = "gzip" if coding != "gzip" else "zstd"
    changed = client.get("/kept/a", headers=HTML | {"Accept-Encoding": other})
    assert changed.headers["ETag"] != tag


@pytest.mark.parametrize("path", ["/kept", "/other"])
def test_requests_at_one_time_make_a_page_once(path: str) -> None:
    entered, release = threading.Event(), threading.Event()
    ran, got = list[str](), list[bytes]()

    def slow(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        ran.append(environ["PATH_INFO"])
        entered.set()
        release.wait(10)
        environ["ulzii.keep"] = path == "/kept"
        start("200 OK", [("ETag", '"1"')])
        return [b"page"]

    client = Client(HtmlCache(slow, lambda: 1, BUDGET))
    get = lambda: got.append(client.get(path, headers=HTML).data)  # noqa: E731
    threads = [threading.Thread(target=get) for _ in range(2)]
    threads[0].start()
    assert entered.wait(10)
    threads[1].start()
    release.set()
    for thread in threads:
        thread.join(10)
    assert got == [b"page"] * 2
    assert len(ran) == (1 if path == "/kept" else 2)


def test_templates_are_compiled_before_somebody_asks() -> None:
    app = Flask("pages")
    app.jinja_env.loader = DictLoader({"a.html": "a", "b/c.html": "c", "d.css": "d"})
    warm_up_later(app, after=0).join(10)
    assert app.jinja_env.cache is not None
    assert sorted(name for _, name in app.jinja_env.cache) == ["a.html", "b/c.html"]
