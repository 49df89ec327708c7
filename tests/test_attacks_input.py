"""Input that attacks: refused in time and by name, in bounded memory; the old version stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from graph.core import limited_process
from graph.core.errors import InputError, InputUnreadable
from graph.core.instance import Instance
from graph.ledger import Ledger
from loaders.editable import write as writing
from loaders.editable.change import Body
from loaders.editable.write import WriteLimits, write
from loaders.formats import xml_entities
from loaders.validation.catalogue_document import read
from server.auth.tokens import TokenStore
from server.cli import main
from tests import attacks, parts
from tests.editable import NOTES, new_write, published_lines, put, with_sources
from tests.server_processes import Server, descendants, gone, running

pytestmark = pytest.mark.slow

RDF_XML = "application/rdf+xml"
# Made when they are asked for: they are large.
SLOW = partial(attacks.nested_xml, 60_000)
TERMS = partial(attacks.nested_terms, 100_000)
LIST = partial(attacks.long_list, 600_000)
TITLES = '<http://x/a> <http://purl.org/dc/terms/title> "Нэг"@mn .\n'


# --- entities ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", attacks.ENTITIES)
def test_harmful_entities_are_refused_with_their_line(kind: str) -> None:
    data, message = attacks.ENTITIES[kind]
    start = time.process_time()
    with pytest.raises(InputError, match=message) as caught:
        xml_entities.check(data, "a.rdf")
    assert caught.value.where.startswith("a.rdf line ")
    assert time.process_time() - start < 1


def test_flat_entities_are_expanded() -> None:
    declared = '<!ENTITY xsd "http://www.w3.org/2001/XMLSchema#"><!ENTITY q "x?a=1&amp;b=&#1257;">'
    document = read("a.owl", attacks.rdf_xml(declared, "&xsd;int &q;"))
    (line,) = document.lines
    assert '"http://www.w3.org/2001/XMLSchema#int x?a=1&b=ө"' in line.decode()


def test_a_doctype_in_the_text_is_no_declaration() -> None:
    document = read("a.rdf", attacks.rdf_xml("", "<![CDATA[<!DOCTYPE html><p>]]>"))
    assert len([*document.lines]) == 1


# --- loading ----------------------------------------------------------------------------------

FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "entities.rdf": (attacks.nested_entities, "line 2 column"),
    "external.rdf": (lambda: attacks.ENTITIES["an external entity"][0], "file:///etc/passwd"),
    "slow.rdf": (SLOW, "takes more than 2 seconds"),
    "terms.ttl": (
        partial(attacks.nested_terms, 100_000),
        "the parser crashed: it is nested too deeply",
    ),
    "terms.nt": (
        partial(attacks.nested_terms, 100_000),
        "the parser crashed: it is nested too deeply",
    ),
    "list.ttl": (LIST, "reading it "),
    "deep.jsonld": (lambda: b"[" * 1_000_000, "line 1 column"),
}
MEDIA_TYPES = {
    ".rdf": RDF_XML,
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".jsonld": "application/ld+json",
}
MIB = 160
SMALLER = (
    "from graph.core import limited_process as l; l._SECONDS, l._SECONDS_PER_MIB = 2.0, 0.0; "
    f"l._MEMORY, l._MEMORY_PER_BYTE = {MIB} << 20, 0; from server.cli import main; main()"
)


class Command(NamedTuple):
    """What a command did: exit code, standard error, seconds, and its peak memory in MiB."""

    code: int
    errors: str
    seconds: float
    peak: float


def ulzii(*arguments: str) -> Command:
    """Run a command with small limits."""
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", SMALLER, *arguments], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - start
    return Command(process.returncode, errors, seconds, usage.ru_maxrss / 1024)


def describe(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    path = folder / f"{name}.toml"
    identifier = name.replace(".", "-")
    path.write_text(
        f'id = "{identifier}"\nloader = "rdf"\nfiles = ["{name}"]\n'
        f'media_type = "{MEDIA_TYPES[path.suffixes[-2]]}"\n'
        '[title]\nmn = "Зүйлс"\nen = "Things"\n'
    )
    return str(path)


@pytest.mark.ci  # below each is refused by `validate`, and one by a load
def test_attacks_by_file_are_refused_and_the_rest_is_loaded(
    instance: Instance, tmp_path: Path
) -> None:
    honest = describe(tmp_path, "honest.ttl", TITLES.encode())
    bombs = [describe(tmp_path, name, data()) for name, (data, _) in FILES.items()]
    quiet = ulzii("--data", str(instance.root), "load", honest)
    assert quiet.code == 0, quiet.errors
    done = ulzii("--data", str(instance.root), "load", *bombs)
    assert done.code == InputError.exit_code
    assert "Traceback" not in done.errors
    assert "panicked" not in done.errors
    assert "allocation" not in done.errors
    for name, (_, message) in FILES.items():
        (said,) = [line for line in done.errors.splitlines() if f"{name}" in line]
        assert message in said
    assert done.peak < quiet.peak + MIB
    kinds = [event["type"] for event in Ledger(instance)]
    assert kinds.count("Quarantine") == len(FILES)
    assert kinds.count("Load") == 1


def test_a_file_that_takes_too_long_is_given_up_in_time(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited_process, "_SECONDS", 1.0)
    monkeypatch.setattr(limited_process, "_SECONDS_PER_MIB", 0.0)
    path = describe(tmp_path, "slow.rdf", SLOW())
    start = time.monotonic()
    done = CliRunner().invoke(main, ["--data", str(instance.root), "load", path])
    assert (done.exit_code, done.exception) != (0, None)
    assert "slow.rdf: reading it takes more than 1 seconds" in done.stderr
    assert time.monotonic() - start < 20  # with the schema of the description and the archive


# --- validating -------------------------------------------------------------------------------

CATALOGUES: dict[str, tuple[Callable[[], bytes], str]] = {
    **FILES,
    "dataset.json": (lambda: b'{"dataset":' + b"[" * 100_000, "more than 500 levels deep"),
    "number.json": (lambda: b'{"dataset":\n [' + b"9" * 5000, "line 2 column 3"),
    "bomb.trix": (attacks.nested_entities, "contains markup or other entities"),
    "deep.hext": (lambda: b"[" * 100_000, "deep.hext"),
}


@pytest.mark.parametrize("name", parts.each(2, CATALOGUES))
def test_attacks_on_validate_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    data, message = CATALOGUES[name]
    (tmp_path / name).write_bytes(data())
    monkeypatch.setattr(limited_process, "_MEMORY", MIB << 20)
    monkeypatch.setattr(limited_process, "_MEMORY_PER_BYTE", 0)
    monkeypatch.setattr(limited_process, "_SECONDS", 1.0 if name == "slow.rdf" else 30.0)
    monkeypatch.setattr(limited_process, "_SECONDS_PER_MIB", 0.0)
    done = CliRunner().invoke(main, ["validate", str(tmp_path / name)])
    assert done.exit_code == InputError.exit_code, done.output
    assert done.stderr.startswith(f"ulzii: {name}")
    assert message.replace("2 seconds", "1 seconds") in done.stderr


# --- writing ----------------------------------------------------------------------------------

BODIES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "entities": (attacks.nested_entities, RDF_XML, "contains markup or other entities"),
    "terms": (TERMS, "text/turtle", "nested too deeply"),
    "list": (LIST, "text/turtle", "of memory"),
    "JSON-LD": (lambda: b"[" * 1_000_000, "application/ld+json", "line 1 column"),
    "slow": (SLOW, RDF_XML, "reading it takes more than"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_attacks_by_body_are_refused_and_nothing_is_logged(
    notes: Instance, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(writing, "_PARSING_SECONDS", 0.0)
    put(notes, TITLES)
    before, size = published_lines(notes), len([*Ledger(notes)])
    data, media_type, message = BODIES[kind]
    attack = replace(new_write("PUT"), body=Body(data(), media_type, NOTES))
    seconds = 1.0 if kind == "slow" else 30.0
    with pytest.raises(InputUnreadable, match=message) as caught:
        write(notes, attack, WriteLimits(timeout=seconds, memory=64 << 20))
    assert caught.value.hint.startswith("Nothing was written.")
    assert (published_lines(notes), len([*Ledger(notes)])) == (before, size)


def test_a_bomb_that_passes_the_check_meets_the_limit(
    notes: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xml_entities, "check", lambda *_: None)
    body = Body(attacks.nested_entities(), RDF_XML, NOTES)
    with pytest.raises(InputUnreadable, match="more than 64 MiB of memory"):
        write(notes, replace(new_write("PUT"), body=body), WriteLimits(memory=64 << 20))


class Site(NamedTuple):
    """A running server with editable graphs, and the headers that may write them."""

    server: Server
    headers: dict[str, str]

    def put(self, data: bytes, media_type: str) -> tuple[int, dict[str, object]]:
        connection = self.server.connect()
        connection.timeout = 60
        headers = {**self.headers, "Content-Type": media_type}
        connection.request("PUT", "/graph-store/notes", data, headers)
        response = connection.getresponse()
        status, answer = response.status, json.loads(response.read())
        connection.close()
        return status, answer


@pytest.fixture
def site(instance: Instance) -> Iterator[Site]:
    with_sources(instance)
    _, token = TokenStore(instance).add("office", ("notes",), ())
    with Server(instance) as server:
        yield Site(server, {"Authorization": f"Bearer {token}"})


@pytest.mark.ci  # each body is sent to the writer above
def test_attacks_over_http_leave_the_old_version_and_no_process(site: Site) -> None:
    assert site.put(TITLES.encode(), "text/turtle")[0] == 201
    processes = descendants(site.server.process.pid)
    for kind in ("entities", "terms", "JSON-LD"):
        data, media_type, message = BODIES[kind]
        status, problem = site.put(data(), media_type)
        assert status == 400, problem
        assert message in str(problem["detail"])
        assert "Traceback" not in str(problem)
    left = descendants(site.server.process.pid) - processes
    assert gone({pid for pid in left if b"multiprocessing" not in command(pid)})
    _, body = site.server.get("/graph-store/notes", Accept="application/n-triples")
    assert body.decode() == TITLES


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_server_that_is_killed_leaves_no_parser(site: Site) -> None:
    site.put(TITLES.encode(), "text/turtle")
    before = descendants(site.server.process.pid)
    slow = SLOW()
    head = (
        f"PUT /graph-store/notes HTTP/1.1\r\nHost: x\r\nContent-Type: {RDF_XML}\r\n"
        f"Authorization: {site.headers['Authorization']}\r\nContent-Length: {len(slow)}\r\n\r\n"
    )
    with site.server.send(head.encode() + slow):
        during, parsing = set[int](), set[int]()
        end = time.monotonic() + 30
        while not parsing and time.monotonic() < end:  # a busy machine takes its time
            time.sleep(0.1)
            during = descendants(site.server.process.pid)
            parsing = {pid for pid in during - before if cpu(pid) > 0.3}
        assert parsing, "nothing is parsed"
        site.server.stop(signal.SIGKILL)
    assert gone(during, seconds=15.0)  # the parser's own limit is 36 seconds
    assert not any(running(pid) for pid in parsing)


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
