"""The files of a dataset's page, the programs under use, and how it is cited."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from graph.core.instance import open_instance
from graph.queries import Pool, QueryLimits
from loaders.link_checks import ProbeResult, UrlChecks, store_path
from server.app import create_app
from server.core.settings import Settings
from server.pages.datasets import captured
from tests import parts
from tests.dataset_pages import HTML, LIVESTOCK, REGISTER, app, client, soup
from tests.pools import ready

__all__ = ["app", "client"]
pytestmark = pytest.mark.slow


def unused_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_check_of_an_address_stands_beside_its_file(client: FlaskClient, demo: Path) -> None:
    assert "not checked yet" in soup(client, f"{REGISTER}.html").select("#files")[0].text
    url = "https://opendata.gov.mn/api/v1/front/detail/view"
    at = "2026-11-30T08:00:00+08:00"
    with UrlChecks(store_path(open_instance(demo))) as checks:
        checks.save(ProbeResult(url, at, status=404, final=url))
    checked = soup(client, f"{REGISTER}.html").select("#files")[0]
    assert "404 2026-11-30 08:00 UTC+8" in checked.text
    assert checked.select(".tag.warn")


def test_the_citation_names_snapshot_and_day_of_access(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html")
    cited = " ".join(page.select("#cite blockquote")[0].text.split())
    assert cited.startswith("National Statistics Office. “NUMBER OF LIVESTOCK")
    assert re.search(
        r"version 1, snapshot \d+ \(\d{4}-\d\d-\d\d\)\. Read on \d{4}-\d\d-\d\d", cited
    )
    assert "(2" not in cited.partition("“")[0]  # no year of issue is stated, so none is said
    bibtex = page.select("#cite pre")[0].text
    assert "urldate" in bibtex
    assert "year =" not in bibtex


@pytest.fixture(scope="module")
def served(demo: Path) -> Iterator[str]:
    instance = open_instance(demo)
    with Pool.start(instance, workers=1, limits=QueryLimits()) as pool:
        port = unused_port()
        address = f"http://127.0.0.1:{port}/"
        app = create_app(instance, ready(pool), Settings(public_url=address))
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield address
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("dataset", parts.each(2, [LIVESTOCK, REGISTER]))
def test_the_programs_under_use_run(served: str, dataset: str, tmp_path: Path) -> None:
    request = urllib.request.Request(f"{served[:-1]}{dataset}.html", headers=HTML)
    with urllib.request.urlopen(request) as answer:
        page = BeautifulSoup(answer.read(), "html.parser")
    names = [one.text for one in page.select("#use summary")]
    programs = dict(zip(names, (one.text for one in page.select("#use pre")), strict=True))
    python = [sys.executable, "-c", programs["Python"]]
    done = subprocess.run(python, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > 10
    if shutil.which("curl"):
        (tmp_path / "query.rq").write_text(programs["SPARQL"], "utf-8")
        for name in ("curl", "SPARQL, curl"):
            done = subprocess.run(
                ["bash", "-c", programs[name]], capture_output=True, text=True, cwd=tmp_path
            )
            assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) > 10
        (file,) = tmp_path.glob("*.csv")
        assert len(file.read_text("utf-8").splitlines()) > 10
    link = page.select("#use .row a")[0]["href"]
    assert unquote(str(link)).endswith(programs["SPARQL"])


def test_the_files_of_a_table_stand_before_those_of_the_whole_source(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html")
    own = page.select("#files > ul a")
    assert own
    assert not any("wages" in link.text for link in own)
    listed = soup(client, f"{LIVESTOCK}.html?view=files")
    first, *others = listed.select("main ul.plainlist")
    assert [link["href"] for link in first.select("a")] == [link["href"] for link in own]
    assert others[0].select("a")


def test_every_file_of_the_source_is_reached(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On some page, once; beyond the last there is none."""
    address = f"{LIVESTOCK}.html?view=files"
    all_of_them = [str(a["href"]) for a in soup(client, address).select("ul.plainlist a")]
    monkeypatch.setattr(captured, "AT_ONCE", 2)
    pages = -(-len(all_of_them) // 2)
    assert pages > 2
    found = [
        str(link["href"])
        for number in range(1, pages + 1)
        for link in soup(client, f"{address}&page={number}").select("ul.plainlist a")
    ]
    assert found == all_of_them
    assert client.get(f"{address}&page={pages + 1}", headers=HTML).status_code == 404
