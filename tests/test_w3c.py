"""The W3C's suites against a scratch instance, over HTTP (docs/conformance.md has the figures).

`make test` runs those of the protocols, `.ci/run` all.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.shared import SHARED

HARNESS = SHARED / "tools" / "w3c_http.py"
SUITES = SHARED / "w3c" / "rdf-tests"
PAGE = Path(__file__).parent.parent / "docs" / "conformance.md"
SERVE = "from server.cli import main; main()"
# Tests passed, failed and skipped.
FIGURES = {
    "protocol": (34, 0, 0),
    "service-description": (3, 0, 0),
    "gsp-indirect": (9, 0, 0),
    "gsp-direct": (5, 0, 0),
    "sparql10": (466, 16, 0),
    "sparql11": (488, 11, 76),
    "sparql12": (264, 5, 0),
}
PROTOCOLS = ["protocol", "service-description", "gsp-indirect", "gsp-direct"]
Outcomes = dict[str, dict[str, list[str]]]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (HARNESS.is_file() and SUITES.is_dir()),
        reason="the shared folder's W3C suites are absent",
    ),
]


@contextmanager
def scratch() -> Iterator[str]:
    """A scratch server in a process of its own; gives its address."""
    command = [sys.executable, "-c", SERVE, "serve", "--scratch", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://\S+/", process.stdout.readline())
            assert found
            yield found[0]
        finally:
            process.terminate()
            assert process.wait(15) == 0


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """Tests by suite and outcome, from one run of all suites."""
    return run("protocol,sd,gsp,sparql10,sparql11,sparql12", tmp_path_factory)


@pytest.fixture(scope="module")
def protocol_outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """Those of the protocols."""
    return run("protocol,sd,gsp", tmp_path_factory)


def run(suites: str, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    written = tmp_path_factory.mktemp("w3c") / "outcomes.json"
    with scratch() as address:
        at = {"query": "sparql", "update": "sparql", "gsp": "graph-store"}
        urls = [text for name, path in at.items() for text in (f"--{name}-url", address + path)]
        asked = ["--suite-dir", str(SUITES), "--suites", suites]
        command = [sys.executable, str(HARNESS), *urls, *asked, "--json", str(written)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=120)
    found: Outcomes = {}
    for test in json.loads(written.read_text("utf-8"))["tests"]:
        suite = found.setdefault(test["group"].split("/")[0], {})
        suite.setdefault(test["outcome"], []).append(test["id"])
    return found


@pytest.mark.ci
@pytest.mark.parametrize("suite", FIGURES)
def test_the_figures_hold(outcomes: Outcomes, suite: str) -> None:
    hold(outcomes, suite)


@pytest.mark.parametrize("suite", PROTOCOLS)
def test_the_figures_of_protocols_hold(protocol_outcomes: Outcomes, suite: str) -> None:
    hold(protocol_outcomes, suite)


def hold(outcomes: Outcomes, suite: str) -> None:
    got = outcomes[suite]
    assert tuple(len(got.get(o, [])) for o in ("pass", "fail", "skip")) == FIGURES[suite], got.get(
        "fail"
    )


@pytest.mark.ci
def test_the_page_names_every_failure(outcomes: Outcomes) -> None:
    page = PAGE.read_text("utf-8")
    named = re.findall(r"^\| `([^`]+)` \| (\w+) \| (?:engine|literals) \|", page, re.MULTILINE)
    failed = [(test, s) for s, suite in outcomes.items() for test in suite.get("fail", [])]
    assert sorted(named) == sorted(failed)


def test_the_page_has_the_figures() -> None:
    page = PAGE.read_text("utf-8")
    for suite, (passed, failed, _) in FIGURES.items():
        assert f"| {suite} | {passed}/{passed + failed} |" in page
