"""Run Virtuoso 7 in a folder of its own, for measurements and tests: start, load, stop.

    with Virtuoso.start(folder) as engine:
        engine.load(path, "http://example.org/graph")   # an N-Triples file
        … engine.query_url …

Needs `virtuoso-t` and `isql-vt` (the Debian package `virtuoso-opensource-7`), no root.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

USER, PASSWORD = "dba", "dba"  # as a fresh database has it; it listens on the loopback alone
_START, _STOP = 60.0, 30.0
_INI = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = ., {data}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxQueryMem = 1G
ThreadsPerQuery = 2
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
KeepAliveTimeout = 10
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = {seconds}
"""


@dataclass(slots=True)
class Virtuoso:
    """A running engine. Use as a context manager."""

    folder: Path
    http: int
    sql: int
    _process: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        data: Path | None = None,
        memory: int = 512 << 20,
        rows: int = 10_000_000,
        seconds: int = 600,
    ) -> Virtuoso:
        """Start an empty engine in a folder; it can read files below `data`.

        `memory` is its cache in bytes; `rows` and `seconds` are its limits for a query.
        Raises RuntimeError if it does not start within a minute.
        """
        folder.mkdir(parents=True, exist_ok=True)
        http, sql = _free_port(), _free_port()
        buffers = memory // 8800
        text = _INI.format(
            http=http,
            sql=sql,
            data=(data or folder).absolute(),
            buffers=buffers,
            dirty=buffers * 3 // 4,
            rows=rows,
            seconds=seconds,
        )
        (folder / "virtuoso.ini").write_text(text, "ascii")
        command = ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"]
        output = (folder / "output.txt").open("wb")
        with output:
            process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        engine = cls(folder, http, sql, process)
        engine._wait()
        return engine

    def __enter__(self) -> Virtuoso:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def query_url(self) -> str:
        """The SPARQL query endpoint."""
        return f"http://127.0.0.1:{self.http}/sparql"

    @property
    def update_url(self) -> str:
        """The SPARQL update endpoint; HTTP digest with USER and PASSWORD."""
        return f"http://127.0.0.1:{self.http}/sparql-auth"

    @property
    def graph_store_url(self) -> str:
        """The Graph Store endpoint; HTTP digest with USER and PASSWORD."""
        return f"http://127.0.0.1:{self.http}/sparql-graph-crud-auth"

    def load(self, path: Path, graph: str) -> None:
        """Bulk-load an N-Triples file below `data`."""
        place = str(path.absolute()).replace("'", "''")
        self.sql_run(f"ttlp_mt(file_open('{place}'), '', '{graph}', 0, 2);\ncheckpoint;\n")

    def sql_run(self, statements: str) -> str:
        """Run SQL statements; gives their output.

        Raises RuntimeError with the engine's message if one fails.
        """
        command = ["isql-vt", f"127.0.0.1:{self.sql}", USER, PASSWORD, "VERBOSE=OFF", "BANNER=OFF"]
        done = subprocess.run(command, input=statements, capture_output=True, text=True)
        if done.returncode or "*** Error" in done.stdout + done.stderr:
            raise RuntimeError(f"Virtuoso: {done.stdout.strip()} {done.stderr.strip()}")
        return done.stdout

    def stop(self) -> None:
        """Stop the engine without a checkpoint; its data are not kept."""
        self._process.terminate()
        try:
            self._process.wait(_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait(self) -> None:
        end = time.monotonic() + _START
        while time.monotonic() < end and self._process.poll() is None:
            try:
                with urlopen(self.query_url + "?query=ASK%7B%7D", timeout=5):
                    return
            except (URLError, OSError):
                time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"Virtuoso did not start; see {self.folder / 'output.txt'}")


def installed() -> bool:
    """Whether the engine is installed."""
    return all(map(shutil.which, ("virtuoso-t", "isql-vt")))


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
