"""docs/sparql.md stays true: its programs run, its limits and statuses are those of the code."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from graph.core.errors import QueryError
from graph.core.instance import Instance
from graph.queries import FORMATS, QueryLimits
from server.http import problem_types
from server.sparql.endpoint import limits_header
from tests.server_processes import Server

pytestmark = pytest.mark.slow

TEXT = (Path(__file__).parent.parent / "docs" / "sparql.md").read_text("utf-8")
NAME = "https://w3id.org/ulzii/id/place/066"


@pytest.fixture(scope="module")
def server(small: Instance) -> Iterator[Server]:
    with Server(small) as running:
        yield running


def programs(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.M | re.S)


def run(command: list[str], program: str, server: Server) -> subprocess.CompletedProcess[str]:
    """Run a program of the page, asking the server of the test."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} here")
    assert "http://127.0.0.1:8008/" in program
    program = program.replace("127.0.0.1:8008", str(server.address.netloc))
    done = subprocess.run([*command, program], capture_output=True, timeout=30, check=False)
    return subprocess.CompletedProcess(
        command, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


PYTHON = [sys.executable, "-X", "utf8", "-c"]
NODE = ["node", "--input-type=module", "--eval"]
WAYS = [
    *(pytest.param(PYTHON, "python", i, id=f"python {i}") for i in range(2)),
    pytest.param(["sh", "-c"], "sh", 0, id="shell"),
    pytest.param(NODE, "js", 0, id="javascript"),
    pytest.param(["Rscript", "-e"], "r", 0, id="R"),
]


def test_every_program_is_run() -> None:
    fenced = re.findall(r"^```(\w+)$", TEXT, re.M)
    assert sorted(fenced) == sorted(str(way.values[1]) for way in WAYS)


@pytest.mark.parametrize(("command", "language", "number"), WAYS)
def test_programs_print_the_names(
    server: Server, command: list[str], language: str, number: int
) -> None:
    done = run(command, programs(language)[number], server)
    assert (done.returncode, done.stderr) == (0, "")
    assert NAME in done.stdout
    assert "Өвөрхангай" in done.stdout


@pytest.mark.parametrize(("command", "language", "number"), WAYS)
def test_programs_say_why_there_is_no_answer(
    server: Server, command: list[str], language: str, number: int
) -> None:
    broken = programs(language)[number].replace("PREFIX rdfs:", "PREFIX other:")
    done = run(command, broken, server)
    assert done.returncode != 0
    if language != "r":  # which tells the status alone
        assert re.search("prefix .{1,16}rdfs:.{1,16} is not declared", done.stdout + done.stderr)


def test_the_command_lines_are_answered(server: Server) -> None:
    [command] = re.findall(r"^    (curl .*?)\n\n", TEXT, re.M | re.S)
    done = run(["sh", "-c"], command.replace("curl", "curl -sS"), server)
    assert "https://example.mn/graph/a\r\n" in done.stdout


def test_the_limits_are_those_announced() -> None:
    [header] = re.findall(r"`Ulzii-Limits: ([^`]+)`", TEXT)
    assert header == limits_header(QueryLimits())
    assert f"{QueryLimits().text:,} bytes" in TEXT


def test_every_status_of_a_query_is_explained() -> None:
    explained = {int(status) for status in re.findall(r"^\| (\d{3}) \|", TEXT, re.M)}
    kinds = {
        k.status for error, k in problem_types.OF_ERROR.items() if issubclass(error, QueryError)
    }
    assert len(kinds) > 4
    assert kinds | {405, 406, 413, 414, 415} <= explained


def test_every_format_is_named(server: Server) -> None:
    for known in FORMATS:
        assert f"`{known.name}`" in TEXT
        query = "ASK {}" if known.kind == "results" else "CONSTRUCT {} {}"
        response, _ = server.get(f"/sparql?format={known.name}&query={quote(query)}")
        assert response.status == 200
