"""An hour of mixed load: python -m bench.soak --minutes 60 [--data DIR] [--out FILE.md]

Look-ups, repeated, analytical and hostile queries go on while workers are killed and new versions
are published; every answer is checked against the version its snapshot holds, and the memory of
every process is watched. Writes a table and, beside it, everything as JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.loading import load
from bench.servers import launch
from bench.soak import clients, memory, model
from bench.soak.clients import Client, Told
from bench.soak.model import Versions
from graph import snapshots
from graph.core.instance import Instance, open_instance
from graph.publication.writer_lock import hold_writer_lock

PUBLISH = 45.0  # seconds between two publications
KILL = 20.0  # seconds between two kills
_RETENTION = "[retention]\nsnapshots = 4\n"
# What a hostile or given-up query may be told; nobody else may be told any of it.
ANNOUNCED = {"503 timeout", "503 engine-failure", "503 cancelled", "503 queue-full"}


class Soak:
    """One run: an instance, its server, and all that goes on at the same time."""

    def __init__(self, folder: Path, minutes: float, options: Sequence[str] = ()) -> None:
        self.options = options
        self.folder = folder
        self.end = time.monotonic() + 60 * minutes
        self.instance = _new_instance(folder)
        self.versions = Versions()
        self.told = Told()
        self.port = launch.free_port()
        self.published = self.killed = 0
        self.errors: list[str] = []

    def run(self) -> memory.Memory:
        """Run it all until the time is up."""
        self.publish()
        command = launch.command(self.instance, self.port, *self.options)
        with (self.folder / "server.log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log)
        watched = memory.Memory(server.pid)
        try:
            launch.wait_for(self.port, server)
            tasks = [
                *self._clients(),
                self._repeat(self.publish, PUBLISH),
                self._repeat(lambda: self.kill(server.pid), KILL),
                self._repeat(watched.look, 5.0),
            ]
            for task in tasks:
                task.start()
            for task in tasks:
                task.join()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
        return watched

    def _clients(self) -> list[threading.Thread]:
        found, number = [], 0
        for turn, how_many, pause in clients.MIX:
            for _ in range(how_many):
                number += 1
                client = Client(self.port, number, self.versions, self.told)
                found.append(self._repeat(_bound(turn, client), pause))
        return found

    def _repeat(self, action: Callable[[], None], pause: float) -> threading.Thread:
        def go() -> None:
            while time.monotonic() < self.end:
                try:
                    action()
                except Exception as error:  # told in the end; the others go on
                    self.errors.append(f"{action!r}: {type(error).__name__}: {error}")
                time.sleep(pause)

        return threading.Thread(target=go)

    def publish(self) -> None:
        """Load the next version."""
        with hold_writer_lock(self.instance, "soak", wait=60.0):
            load.load(self.instance, model.lines(self.published + 1))
        gc.unfreeze()
        self.published += 1
        now = snapshots.current(self.instance)
        assert now is not None
        self.versions.note(now.name, self.published)

    def kill(self, server: int) -> None:
        """Kill a worker as the kernel would when memory is short."""
        workers = [p for p in memory.descendants(server) if memory.role(p, server) == "worker"]
        if workers:
            os.kill(random.choice(workers), signal.SIGKILL)
            self.killed += 1


def _bound(turn: Callable[[Client], None], client: Client) -> Callable[[], None]:
    return lambda: turn(client)


def _new_instance(folder: Path) -> Instance:
    made = load.new_instance(folder)
    config = made.root / "instance.toml"
    config.write_text(config.read_text("utf-8") + _RETENTION, "utf-8")
    return open_instance(made.root)


def unannounced(told: Told) -> dict[str, int]:
    """5xx that nobody was prepared for: any of a well-behaved client, others of a hostile one."""
    hostile = ("hostile", "cancelled")
    return {
        key: number
        for key, number in told.statuses.items()
        if (kind := key.partition(": ")[0])
        and (status := key.partition(": ")[2]).startswith("5")
        and not (kind in hostile and status in ANNOUNCED)
    }


def summary(soak: Soak, watched: memory.Memory, minutes: float) -> dict[str, Any]:
    """Everything of a run."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "minutes": minutes,
        "answers": sum(soak.told.statuses.values()),
        "published": soak.published,
        "killed": soak.killed,
        "wrong": soak.told.wrong,
        "unannounced": unannounced(soak.told),
        "broken": soak.told.failed,
        "errors": soak.errors,
        "statuses": dict(sorted(soak.told.statuses.items())),
        "p50_p99_ms": {kind: _percentiles(times) for kind, times in soak.told.times.items()},
        "memory": watched.summary(),
    }


def _percentiles(times: list[float]) -> list[float]:
    ordered = sorted(times)
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return [round(1000 * statistics.median(ordered), 1), round(1000 * last, 1)]


def report(found: dict[str, Any]) -> str:
    """The summary as Markdown."""
    rows = [f"| {key} | {number:,} |" for key, number in found["statuses"].items()]
    times = [f"| {kind} | {p50} | {p99} |" for kind, (p50, p99) in found["p50_p99_ms"].items()]
    grown = [
        f"| {role} | {m['first']} | {m['last']} | {m['most']} | {m['mib_an_hour']:+} |"
        for role, m in found["memory"].items()
    ]
    return "\n".join(
        [
            f"# Mixed load for {found['minutes']:g} minutes",
            "",
            f"Written by `python -m bench.soak` at {found['date']}. {found['answers']:,} answers, "
            f"{found['published']} versions published, {found['killed']} workers killed.",
            "",
            f"- wrong answers: {len(found['wrong'])}",
            f"- 5xx that were not announced: {sum(found['unannounced'].values())}",
            f"- answers that broke off, or did not come: {len(found['broken'])}",
            "",
            "| answer | times |",
            "|---|---|",
            *rows,
            "",
            "| kind | p50, ms | p99, ms |",
            "|---|---|---|",
            *times,
            "",
            "| process | MiB at first | at last | most | MiB an hour, second half |",
            "|---|---|---|---|---|",
            *grown,
            "",
        ]
    )


def main() -> None:
    """Run it, and write what came of it."""
    parser = argparse.ArgumentParser(prog="bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--data", type=Path, help="an empty directory to work in")
    parser.add_argument("--cache", type=int, default=256, help="MiB of answers a web process keeps")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.with_name("SOAK.md"))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ulzii-soak-") as own:
        soak = Soak(chosen.data or Path(own), chosen.minutes, ["--cache", str(chosen.cache)])
        found = summary(soak, soak.run(), chosen.minutes)
    chosen.out.write_text(report(found), "utf-8")
    chosen.out.with_suffix(".json").write_text(json.dumps(found, indent=1), "utf-8")
    print(report(found))
    raise SystemExit(bool(found["wrong"] or found["unannounced"]))


if __name__ == "__main__":
    main()
