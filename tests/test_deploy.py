"""The examples for operators in docs/deploy/: units, a reverse proxy, the redirects of w3id.org."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import click
import pytest

from graph.core.instance import Instance
from server.cli import main
from tests.server_processes import Server

FOLDER = Path(__file__).parents[1] / "docs" / "deploy"
SERVICES = sorted(FOLDER.glob("*.service"))
COMMAND = re.compile(r"^ExecStart=/opt/ulzii/bin/ulzii (.*)$", re.M)


def commands() -> list[str]:
    return [line for path in SERVICES for line in COMMAND.findall(path.read_text("utf-8"))]


@pytest.mark.parametrize("line", commands())
def test_units_run_commands_that_there_are(line: str) -> None:
    name, *arguments = shlex.split(line)
    command = main.commands[name]
    context = click.Context(command, info_name=name)
    command.parse_args(context, arguments)  # raises for what it does not know


def test_every_timer_has_its_service_and_the_page_names_every_file() -> None:
    page = (FOLDER.parent / "serving.md").read_text("utf-8")
    for path in FOLDER.rglob("*"):
        if path.is_file() and path.name != "README.md":
            assert f"deploy/{path.relative_to(FOLDER)}" in page
    for path in FOLDER.glob("*.timer"):
        assert path.with_suffix(".service") in SERVICES


@pytest.mark.ci
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    program = tmp_path / "ulzii"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for path in (*SERVICES, *FOLDER.glob("*.timer")):
        text = path.read_text("utf-8").replace("/opt/ulzii/bin/ulzii", str(program))
        (tmp_path / path.name).write_text(text)
    units = [str(tmp_path / path.name) for path in (*SERVICES, *FOLDER.glob("*.timer"))]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "ulzii" in line]
    assert (done.returncode, ours) == (0, [])


# --- the reverse proxy ---


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            end = time.monotonic() + 20
            while time.monotonic() < end and process.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            assert process.poll() is None, process.stderr and process.stderr.read()
            yield
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def proxied(small: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """nginx with the example before a server: its ports for http and https."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if not nginx or not shutil.which("openssl"):
        pytest.skip("nginx or openssl is not installed")
    folder, ports = tmp_path_factory.mktemp("nginx"), (free_port(), free_port())
    folder.chmod(0o755)
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=data.example.mn -keyout"
    made = [*make.split(), str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(made, check=True, capture_output=True)
    with Server(small) as behind:
        text = (FOLDER / "nginx.conf").read_text("utf-8")
        for old, new in {
            "127.0.0.1:8008": behind.address.netloc,
            "/etc/letsencrypt/live/data.example.mn/fullchain.pem": str(folder / "cert.pem"),
            "/etc/letsencrypt/live/data.example.mn/privkey.pem": str(folder / "key.pem"),
            "listen 80;": f"listen 127.0.0.1:{ports[0]};",
            "listen 443 ": f"listen 127.0.0.1:{ports[1]} ",
        }.items():
            assert old in text
            text = text.replace(old, new)
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.M)
        temporary = "".join(
            f"{name}_temp_path {folder}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log stderr warn; events {{}}\n"
            f"http {{ access_log off; {temporary} {text} }}\n"
        )
        command = [nginx, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
        with running(command, ports[1]):
            yield ports


def asked(
    port: int, path: str, method: str = "GET", body: str = "", **headers: str
) -> tuple[int, str]:
    context = ssl._create_unverified_context()
    connection = HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
    connection.request(method, path, body or None, {"Host": "data.example.mn", **headers})
    response = connection.getresponse()
    text = response.read().decode()
    assert response.headers["Strict-Transport-Security"]
    connection.close()
    return response.status, text


@pytest.mark.ci
def test_the_proxy_serves_pages_queries_and_escaped_addresses(proxied: tuple[int, int]) -> None:
    _, port = proxied
    assert asked(port, "/healthz")[0] == 200
    assert '"boolean":true' in asked(port, "/sparql?query=ASK%7B%7D")[1].replace(" ", "")
    kind = {"Content-Type": "application/sparql-query"}
    assert asked(port, "/sparql", "QUERY", "ASK {}", **kind)[0] == 200
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 20000"
    status, text = asked(port, "/sparql", "POST", query, **kind, Accept="text/csv")
    assert (status, text.count("\n") > 1000) == (200, True), "a large answer comes whole"
    assert asked(port, "/id/place/a%2Fb")[0] == 404
    assert asked(port, "/metrics")[0] == 200, "from this machine"


@pytest.mark.ci
def test_the_proxy_refuses_what_is_too_much(proxied: tuple[int, int]) -> None:
    plain, port = proxied
    connection = HTTPConnection("127.0.0.1", plain, timeout=20)
    connection.request("GET", "/sparql?query=1", headers={"Host": "data.example.mn"})
    moved = connection.getresponse()
    connection.close()
    assert moved.status == 301
    assert moved.headers["Location"] == "https://data.example.mn/sparql?query=1"
    assert asked(port, "/sparql", "POST", "x" * (65 << 20))[0] == 413
    statuses = {asked(port, "/healthz")[0] for _ in range(400)}
    assert statuses <= {200, 429}


# --- w3id.org ---

MOVED = {
    "/ulzii/": "https://data.example.mn/",
    "/ulzii/id/place/066": "https://data.example.mn/id/place/066",
    "/ulzii/def/core": "https://data.example.mn/def/core",
    "/ulzii/id/dataset/a%2Fb?format=ttl": "https://data.example.mn/id/dataset/a%2Fb?format=ttl",
    "/ulzii/log/7": "https://data.example.mn/log/7",
}
APACHE = """ServerRoot {folder}
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/errors
ServerName localhost
DocumentRoot {folder}/www
AllowEncodedSlashes NoDecode
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule rewrite_module {modules}/mod_rewrite.so
LoadModule headers_module {modules}/mod_headers.so
<Directory {folder}/www>
  AllowOverride All
  Require all granted
</Directory>
"""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def test_the_redirect_rules_keep_the_path() -> None:
    """What the rule says, read as Apache reads it; the test below asks Apache."""
    text = (FOLDER / "w3id" / ".htaccess").read_text("utf-8")
    (condition,) = re.findall(r"^RewriteCond %\{THE_REQUEST\} (\S+)$", text, re.M)
    (target,) = re.findall(r"^RewriteRule \^ (\S+) \[R=302,L,NE\]$", text, re.M)
    for path, expected in MOVED.items():
        found = re.match(condition, f"GET {path} HTTP/1.1")
        assert found
        assert target.replace("%1", found[1]) == expected.partition("?")[0]


@pytest.mark.ci
def test_apache_redirects_as_w3id_would(tmp_path: Path) -> None:
    apache = shutil.which("apache2", path="/usr/sbin:/usr/bin")
    modules = Path("/usr/lib/apache2/modules")
    if not apache or not modules.is_dir():
        pytest.skip("apache2 is not installed")
    port, folder = free_port(), tmp_path
    shutil.copytree(FOLDER / "w3id", folder / "www" / "ulzii")
    own = (one for one in folder.parents if one.name.startswith(("pytest-", "popen-")))
    for above in (folder, *own):
        above.chmod(0o755)  # it reads as another user
    configuration = folder / "apache.conf"
    user = "User www-data\nGroup www-data\n"
    configuration.write_text(APACHE.format(folder=folder, port=port, modules=modules) + user)
    opener = urllib.request.build_opener(_Stay)
    with running([apache, "-X", "-f", str(configuration)], port):
        for path, expected in MOVED.items():
            with pytest.raises(urllib.error.HTTPError) as moved:
                opener.open(f"http://127.0.0.1:{port}{path}", timeout=10)
            moved.value.close()
            assert moved.value.code == 302
            assert moved.value.headers["Location"] == expected
            assert moved.value.headers["Access-Control-Allow-Origin"] == "*"
