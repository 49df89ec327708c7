"""Datasette in an environment of its own, and the table that it serves."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
import subprocess
import sys
import venv
from contextlib import AbstractContextManager, closing
from pathlib import Path

from bench.servers import launch
from bench.servers.launch import Server, Unavailable

FOLDER = Path(__file__).parents[2] / "build" / "datasette"
"""The environment; made once, and not in the repository."""
PACKAGE = "datasette"
TABLE = "livestock"


def install() -> Path:
    """The folder of its programs; the environment is made where there is none.

    Raises Unavailable where pip cannot install it.
    """
    programs = FOLDER / "bin"
    if not (programs / PACKAGE).exists():
        venv.create(FOLDER, with_pip=True, clear=True)
        command = [str(programs / "python"), "-m", "pip", "install", "--quiet", PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(FOLDER)
            raise Unavailable((done.stderr.strip().splitlines() or ["pip failed"])[-1])
    return programs


def version() -> str:
    """The version that is installed."""
    code = f"from importlib.metadata import version; print(version('{PACKAGE}'))"
    command = [str(FOLDER / "bin" / "python"), "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def write(observations: str, path: Path) -> int:
    """A table of observations in CSV as an SQLite database, indexed by its columns; its rows."""
    path.unlink(missing_ok=True)
    head, *rows = csv.reader(io.StringIO(observations))
    names = ", ".join(f'"{name}"' for name in head)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE {TABLE} ({names})")
        marks = ", ".join("?" * len(head))
        connection.executemany(f"INSERT INTO {TABLE} VALUES ({marks})", rows)
        for name in head:
            connection.execute(f'CREATE INDEX "by_{name}" ON {TABLE} ("{name}")')
    return len(rows)


def serve(database: Path) -> AbstractContextManager[Server]:
    """Datasette over a database that does not change, which it need not look at again."""
    port = launch.free_port()
    program = str(install() / PACKAGE)
    command = [program, "serve", "--immutable", str(database), "--port", str(port)]
    return launch.running("Datasette", command, port, "/")


if __name__ == "__main__":
    sys.exit(print(install()))
