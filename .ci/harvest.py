"""Harvests this version as portals do: the black-box checks beside the checkout, run twice.

Between the runs three datasets of a harvested sample change and two go, so that what each kind of
harvester would hold is checked too. Needs ../shared/tools/harvest_check.py; says so where it is
absent.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from bench.servers.launch import free_port

HOUSE = Path(__file__).parent.parent
CHECKS = HOUSE.parent / "shared" / "tools" / "harvest_check.py"
BASE = "https://w3id.org/ulzii/"
SUITES = "catalogue,paging,schemaorg,web,void,robust,deletion,simulate"
# the faces that come later: LDES, OAI-PMH, CKAN's API
LATER = {
    *("deletion/in-feed", "deletion/in-oai", "deletion/in-ckan"),
    *("simulate/feed", "simulate/feed-history", "simulate/oai", "simulate/ckan"),
}
OURS = ("rdflib", "pyld", "pyshacl")  # in the versions that we use
PACKAGES = ("extruct==0.18.0", *(f"{name}=={version(name)}" for name in OURS))
ENVIRONMENT = HOUSE / "build" / "harvest"
DATASETS = 48
HEAD = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
<http://sample.example/> a dcat:Catalog ; dct:title "Жишээ"@mn .
<http://sample.example/org> a foaf:Agent ; foaf:name "Жишээ байгууллага"@mn .
"""
DATASET = """[] a dcat:Dataset ; dct:identifier "d-{n:02}" ; dct:title "Багц {n}{more}"@mn ;
  dct:description "Тайлбар {n}: хүн ам, тоо, он."@mn ; dct:publisher <http://sample.example/org> ;
  dcat:keyword "тоо"@mn ;
  dcat:distribution [ a dcat:Distribution ; dcat:accessURL <http://sample.example/{n}.csv> ] .
"""


def main() -> int:
    """Run both checks; returns the exit code."""
    if not CHECKS.is_file():
        print(f"skipped: {CHECKS.relative_to(HOUSE.parent)} is not beside this checkout")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        data, state = Path(folder) / "data", Path(folder) / "state.json"
        load_sample_instance(data)
        with serving(data) as address:
            failed = check(address, state)
            write_sample(data, changed={5, 6, 7}, gone={11, 12})
            ulzii(data, "load", "sample")
            gone = [f"{BASE}id/dataset/sample/d-{n:02}" for n in (11, 12)]
            failed |= check(address, state, *(x for iri in gone for x in ("--deleted", iri)))
    print("not met:", ", ".join(sorted(failed)) or "nothing")
    return 1 if failed else 0


def ulzii(data: Path, *arguments: str) -> None:
    """Run a command of this version."""
    program = [sys.executable, "-c", "from server.cli import main; main()"]
    subprocess.run([*program, "--data", str(data), *arguments], check=True, stdout=sys.stderr)


def load_sample_instance(data: Path) -> None:
    """Bundled sources and the sample, five datasets a page."""
    subprocess.run([sys.executable, "-m", "tests.few_datasets", str(data)], check=True, cwd=HOUSE)
    config = data / "instance.toml"
    two_a_page = config.read_text("utf-8")
    assert "page_size = 2\n" in two_a_page
    config.write_text(two_a_page.replace("page_size = 2\n", "page_size = 5\n"), "utf-8")
    write_sample(data, changed=set(), gone=set())
    ulzii(data, "load", "sample")


def write_sample(data: Path, changed: set[int], gone: set[int]) -> None:
    """A catalogue of another house as a source, whose datasets are blank nodes."""
    sources = data / "sources"
    sources.mkdir(exist_ok=True)
    numbers = [n for n in range(1, DATASETS + 1) if n not in gone]
    text = "".join(DATASET.format(n=n, more=", шинэ" if n in changed else "") for n in numbers)
    (sources / "sample.ttl").write_text(HEAD + text, "utf-8")
    (sources / "sample.toml").write_text(
        'id = "sample"\nloader = "dcat"\nfiles = ["sample.ttl"]\nmedia_type = "text/turtle"\n'
        '[title]\nmn = "Жишээ каталог"\nen = "A sample catalogue"\n',
        "utf-8",
    )


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """Serve an instance while the block runs; gives its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    program = [sys.executable, "-c", "from server.cli import main; main()"]
    command = [*program, "--data", str(data), "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(address)
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/healthz").read()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the server does not answer")


def check(address: str, state: Path, *more: str) -> set[str]:
    """Run the checks and print them; returns the musts that are not met, without those to come."""
    report = state.with_name("report.json")
    command = [str(_checker()), str(CHECKS), "--base", address, "--iri-base", BASE]
    command += ["--only", SUITES, "--json", str(report), "--state", str(state), *more]
    subprocess.run(command, check=False, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})
    return unmet(json.loads(report.read_text("utf-8"))) - LATER


def _checker() -> Path:
    """A Python with what the checks can use: as our own, and a reader of schema.org besides."""
    python = ENVIRONMENT / "bin" / "python"
    if why := install(ENVIRONMENT, PACKAGES):
        print(f"without {', '.join(PACKAGES)}: {why}")
        return Path(sys.executable)
    return python


def install(environment: Path, packages: Sequence[str]) -> str:
    """Install packages into an environment of their own; returns why they cannot be, or nothing."""
    python = environment / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, *packages], capture_output=True, text=True, check=False)
    lines = done.stderr.strip().splitlines() or ["pip said nothing"]
    return lines[-1] if done.returncode else ""


def unmet(report: object) -> set[str]:
    """The names of the musts that failed or could not be asked."""
    assert isinstance(report, dict)
    rows = report["results"]
    return {
        f"{row['suite']}/{row['name']}"
        for row in rows
        if row["must"] and row["verdict"] in ("FAIL", "blocked")
    }


if __name__ == "__main__":
    sys.exit(main())
