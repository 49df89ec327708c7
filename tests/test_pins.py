"""Installed and locked versions satisfy pyproject.toml, and gunicorn is the one we know."""

from __future__ import annotations

import inspect
import logging
import os
import re
import socket
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn, ThreadWorker
from packaging.requirements import Requirement
from packaging.version import Version

from server.front import serve
from server.front.connection_limit import LimitedConnection
from server.front.event_loop import EventLoopWorker

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RUNTIME = [Requirement(text) for text in PROJECT["dependencies"]]
DEVELOPER = [Requirement(text) for text in PROJECT["optional-dependencies"]["dev"]]

# What of gunicorn's threaded worker we override, and what of it we read or call. None of it is a
# documented interface: a new minor release may change each of them.
OVERRIDDEN = {
    "accept",
    "finish_request",
    "handle_error",
    "handle_request",
    "murder_keepalived",
    "run",
    "wait_for_and_dispatch_events",
}
USED = {"alive", "cfg", "handle", "log", "method_queue", "nr_conns", "poller", "tpool", "wsgi"}
USED_OF_CONNECTION = {"client", "data_ready", "initialized", "parser", "sock"}


@pytest.mark.parametrize("requirement", [*RUNTIME, *DEVELOPER], ids=str)
def test_the_installed_version_is_inside_the_bounds(requirement: Requirement) -> None:
    assert requirement.specifier.contains(version(requirement.name))


def test_every_lock_is_inside_the_bounds() -> None:
    for name, requirements in (
        ("requirements.lock", RUNTIME),
        ("requirements-dev.lock", [*RUNTIME, *DEVELOPER]),
    ):
        text = (ROOT / name).read_text("utf-8")
        locked = dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", text, re.M))
        for requirement in requirements:
            assert requirement.specifier.contains(locked[requirement.name]), (name, requirement)


def test_gunicorn_is_pinned_to_one_minor_release() -> None:
    (gunicorn,) = (r for r in RUNTIME if r.name == "gunicorn")
    installed = Version(version("gunicorn"))
    for other in (
        f"{installed.major}.{installed.minor + 1}.0",
        f"{installed.major + 1}.0.0",
        f"{installed.major - 1}.9.0",
    ):
        assert not gunicorn.specifier.contains(other)


def _worker(kind: type[ThreadWorker]) -> ThreadWorker:
    arguments: tuple[Any, ...] = (0, os.getpid(), [], None, 30, Config(), logging.getLogger())  # type: ignore[no-untyped-call]
    worker = kind(*arguments)
    worker.tmp.close()  # type: ignore[no-untyped-call]  # the file by which a worker says that it lives
    return worker


def test_the_methods_we_override_exist_and_take_what_they_took() -> None:
    for name in OVERRIDDEN:
        theirs = inspect.signature(getattr(ThreadWorker, name))
        ours = inspect.signature(getattr(EventLoopWorker, name))
        assert [*theirs.parameters] == [*ours.parameters], name


def test_nothing_else_of_gunicorns_is_overridden_by_chance() -> None:
    ours: set[str] = set()
    for kind in EventLoopWorker.__mro__:
        if kind.__module__.startswith("server."):
            ours |= {name for name in vars(kind) if not name.startswith("__")}
            ours |= set(re.findall(r"self\.(_\w+)\b", inspect.getsource(kind)))
    theirs = {*dir(ThreadWorker), *vars(_worker(ThreadWorker))}
    assert ours & theirs == OVERRIDDEN


def test_the_attributes_we_use_exist() -> None:
    worker = _worker(EventLoopWorker)
    known = {*dir(worker), "wsgi"}  # `wsgi` is there once the application is loaded
    assert known >= USED
    assert callable(worker.method_queue.defer)
    assert "self.wsgi = " in inspect.getsource(inspect.getmodule(ThreadWorker.__base__))  # type: ignore[arg-type]


def test_connections_are_made_and_hold_what_we_use() -> None:
    assert [*inspect.signature(TConn).parameters] == ["cfg", "sock", "client", "server"]
    mine, other = socket.socketpair()
    with mine, other:
        config = Config()  # type: ignore[no-untyped-call]
        closed: list[bool] = []
        connection: Any = LimitedConnection(
            config, mine, ("127.0.0.1", 1), ("127.0.0.1", 2), lambda: closed.append(True)
        )
        assert set(vars(connection)) >= USED_OF_CONNECTION
        connection.init()
        unreader = connection.parser.unreader
        unreader.unread(b"GET")
        assert unreader.buf.getvalue() == b"GET"
        assert unreader.sock is mine
        connection.close()
    assert closed == [True]


def test_gunicorn_knows_every_setting() -> None:
    with serve.listen("127.0.0.1", 0) as listener:
        options = serve._options(listener, lambda _: None)
        os.close(int(options["bind"].removeprefix("fd://")))
    known = Config().settings  # type: ignore[no-untyped-call]
    assert {*options, "post_fork", "child_exit"} <= set(known)
