"""An hour of mixed load: python -m bench.soak --minutes 60 [--data DIR] [--out FILE.md]

Clients send look-ups, repeated, analytical and hostile queries while workers are killed and new
versions are published. Every response is checked against the version its snapshot holds, and the
memory of every process is sampled. Writes a Markdown page, and all figures as JSON beside it.
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
from bench.soak.clients import SoakClient, Tally
from bench.soak.model import Versions
from graph import snapshots
from graph.core.instance import Instance, open_instance
from graph.publication.writer_lock import hold_writer_lock

PUBLISH = 45.0  # seconds between two publications
KILL = 20.0  # seconds between two kills
_RETENTION = "[retention]\nsnapshots = 4\n"
# Statuses that hostile and cancelled queries may get, and no other query.
ANNOUNCED = {"503 timeout", "503 engine-failure", "503 cancelled", "503 queue-full"}


class Soak:
    """One run: an instance, its server, and all concurrent tasks."""

    def __init__(self, folder: Path, minutes: float, options: Sequence[str] = ()) -> None:
        self.options = options
        self.folder = folder
        self.end = time.monotonic() + 60 * minutes
        self.instance = _new_instance(folder)
        self.versions = Versions()
        self.tally = Tally()
        self.port = launch.free_port()
        self.published = self.killed = 0
        self.errors: list[str] = []

    def run(self) -> memory.MemoryUsage:
        """Run everything until the time is up; gives the memory usage."""
        self.publish()
        command = launch.serve_command(self.instance, self.port, *self.options)
        with (self.folder / "server.log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log)
        usage = memory.MemoryUsage(server.pid)
        try:
            launch.wait_for(self.port, server)
            tasks = [
                *self._clients(),
                self._repeat(self.publish, PUBLISH),
                self._repeat(lambda: self.kill(server.pid), KILL),
                self._repeat(usage.sample, 5.0),
            ]
            for task in tasks:
                task.start()
            for task in tasks:
                task.join()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
        return usage

    def _clients(self) -> list[threading.Thread]:
        found, number = [], 0
        for action, how_many, pause in clients.MIX:
            for _ in range(how_many):
                number += 1
                client = SoakClient(self.port, number, self.versions, self.tally)
                found.append(self._repeat(_bind(action, client), pause))
        return found

    def _repeat(self, action: Callable[[], None], pause: float) -> threading.Thread:
        def go() -> None:
            while time.monotonic() < self.end:
                try:
                    action()
                except Exception as error:  # reported at the end; the other tasks continue
                    self.errors.append(f"{action!r}: {type(error).__name__}: {error}")
                time.sleep(pause)

        return threading.Thread(target=go)

    def publish(self) -> None:
        """Load and publish the next version."""
        with hold_writer_lock(self.instance, "soak", wait=60.0):
            load.load_version(self.instance, model.lines(self.published + 1))
        gc.unfreeze()
        self.published += 1
        now = snapshots.current(self.instance)
        assert now is not None
        self.versions.record(now.name, self.published)

    def kill(self, server: int) -> None:
        """Kill a worker, as the kernel does when memory is short."""
        workers = [p for p in memory.descendants(server) if memory.role(p, server) == "worker"]
        if workers:
            os.kill(random.choice(workers), signal.SIGKILL)
            self.killed += 1


def _bind(action: Callable[[SoakClient], None], client: SoakClient) -> Callable[[], None]:
    return lambda: action(client)


def _new_instance(folder: Path) -> Instance:
    made = load.new_instance(folder)
    config = made.root / "instance.toml"
    config.write_text(config.read_text("utf-8") + _RETENTION, "utf-8")
    return open_instance(made.root)


def unannounced(tally: Tally) -> dict[str, int]:
    """5xx that are not allowed: any to a normal client, unlisted ones to a hostile client."""
    hostile = ("hostile", "cancelled")
    return {
        key: number
        for key, number in tally.statuses.items()
        if (kind := key.partition(": ")[0])
        and (status := key.partition(": ")[2]).startswith("5")
        and not (kind in hostile and status in ANNOUNCED)
    }


def summary(soak: Soak, usage: memory.MemoryUsage, minutes: float) -> dict[str, Any]:
    """All figures of a run."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "minutes": minutes,
        "answers": sum(soak.tally.statuses.values()),
        "published": soak.published,
        "killed": soak.killed,
        "wrong": soak.tally.wrong,
        "unannounced": unannounced(soak.tally),
        "broken": soak.tally.missing,
        "errors": soak.errors,
        "statuses": dict(sorted(soak.tally.statuses.items())),
        "p50_p99_ms": {kind: _percentiles(times) for kind, times in soak.tally.times.items()},
        "memory": usage.summary(),
    }


def _percentiles(times: list[float]) -> list[float]:
    ordered = sorted(times)
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return [round(1000 * statistics.median(ordered), 1), round(1000 * last, 1)]


def report(found: dict[str, Any]) -> str:
    """The summary as Markdown."""
    rows = [f"| {key} | {number:,} |" for key, number in found["statuses"].items()]
    times = [f"| {kind} | {p50} | {p99} |" for kind, (p50, p99) in found["p50_p99_ms"].items()]
    memory_rows = [
        f"| {role} | {m['first']} | {m['last']} | {m['most']} | {m['mib_an_hour']:+} |"
        for role, m in found["memory"].items()
    ]
    return "\n".join(
        [
            f"# Mixed load for {found['minutes']:g} minutes",
            "",
            f"Written by `python -m bench.soak` at {found['date']}. {found['answers']:,} "
            f"responses, {found['published']} versions published, "
            f"{found['killed']} workers killed.",
            "",
            f"- wrong responses: {len(found['wrong'])}",
            f"- 5xx that are not documented for such queries: {sum(found['unannounced'].values())}",
            f"- responses that broke off or never came: {len(found['broken'])}",
            "",
            "| response | number |",
            "|---|---|",
            *rows,
            "",
            "| kind | p50, ms | p99, ms |",
            "|---|---|---|",
            *times,
            "",
            "| process | MiB at first | at the end | maximum | MiB per hour, second half |",
            "|---|---|---|---|---|",
            *memory_rows,
            "",
        ]
    )


def main() -> None:
    """Run, and write the page and the JSON file."""
    parser = argparse.ArgumentParser(prog="bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--data", type=Path, help="an empty directory to work in")
    parser.add_argument(
        "--cache", type=int, default=256, help="MiB of responses a web process caches"
    )
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
