"""What goes wrong in a command is a message with an exit code, whatever it is and wherever."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from graph.core.errors import BusyError, IntegrityError, StorageError, UlziiError
from graph.core.instance import Instance
from server.cli import main
from server.cli.output import failures
from server.front.serve import listen

PROGRAM = [sys.executable, "-c", "from server.cli import main; main()"]


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *arguments])


# --- descriptions and settings ---


@pytest.mark.parametrize("kind", ["missing", "directory", "broken", "not text", "unreadable"])
def test_a_description_that_cannot_be_read(instance: Instance, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.toml"
    if kind == "directory":
        path.mkdir()
    elif kind == "broken":
        path.write_text("id = ")
    elif kind == "not text":
        path.write_bytes(b'id = "\xff"')
    elif kind == "unreadable":
        path.symlink_to(path)  # nobody can read it, root neither
    done = run(instance.root, "load", str(path))
    assert done.exit_code == 2
    assert done.stderr.startswith(f"ulzii: {path}: ")


BROKEN = {"cut": "base =", "number": "base = 5", "key": "x = 1", "empty": "", "list": "base = []"}
READING = ["status", "sources", "log", "rebuild", "verify", "score", "recover", "load", "serve"]


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_settings_are_named_with_their_file(instance: Instance, text: str) -> None:
    config = instance.root / "instance.toml"
    config.write_text(text)
    for command in READING:
        done = run(instance.root, command)
        assert done.exit_code == 2, command
        assert done.stderr.startswith(f"ulzii: {config}"), command
    done = run(instance.root, "validate", "law")
    assert done.stderr.startswith(f"ulzii: {config}"), "not that there is no file “law”"


def test_settings_that_are_a_directory(instance: Instance) -> None:
    config = instance.root / "instance.toml"
    config.unlink()
    config.mkdir()
    assert run(instance.root, "status").stderr == f"ulzii: {config}: Is a directory\n"


OPTIONS = [
    ("serve", "--port", "99999"),
    ("serve", "--port", "-1"),
    ("demo", "--port", "99999"),
    ("serve", "--workers", "0"),
    ("serve", "--timeout", "0"),
    ("serve", "--memory", "-1"),
    ("serve", "--proxies", "-1"),
]


@pytest.mark.parametrize("words", OPTIONS, ids=" ".join)
def test_numbers_out_of_range_are_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path / "none", *words)
    assert done.exit_code == 2
    assert words[1] in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_port_that_is_in_use_names_what_to_write_instead() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(main, ["demo", "--port", port])
    assert done.exit_code == 2
    assert "--port" in done.stderr
    assert "make demo PORT=" in done.stderr


# --- the disk ---


WRITING = [
    ("init", "--base", "https://example.mn/"),
    ("sources", "add", "n", "--editable", "--title-mn", "а", "--title-en", "a"),
    ("token", "add", "x"),
    ("log", "export", "{data}/tiles"),
    ("verify", "--record", "{data}.json"),
]


@pytest.mark.parametrize("words", WRITING, ids=lambda words: words[0])
def test_a_full_disk_wherever_a_file_is_written(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("graph.core.files.os.fsync", full)
    data = instance.root / "new" if words[0] == "init" else instance.root
    done = run(data, *(word.format(data=data) for word in words))
    assert done.exit_code == 5, done.output
    assert "No space left on device\n  Free some space" in done.stderr


FULL = Path("/dev/full")
PRINTING = [("log",), ("log", "--help"), ("--help",), ("--version",)]


@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_output_that_cannot_be_written(instance: Instance, words: tuple[str, ...]) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, "--data", str(instance.root), *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr.splitlines()[0]) == (5, "ulzii: No space left on device")


def test_an_error_that_cannot_be_printed_keeps_its_exit_code(instance: Instance) -> None:
    with FULL.open("wb") as full:
        command = [*PROGRAM, "--data", str(instance.root), "load", "nowhere.toml"]
        assert subprocess.run(command, stderr=full, check=False).returncode == 2


def test_a_pipe_or_device_is_not_replaced_by_a_backup(instance: Instance, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    done = run(instance.root, "backup", str(pipe))
    assert (done.exit_code, pipe.is_fifo()) == (5, True)
    assert done.stderr.startswith(f"ulzii: {pipe}: this is no regular file")


SQLITE = {"SQLITE_FULL": StorageError, "SQLITE_BUSY": BusyError, "SQLITE_NOTADB": IntegrityError}


@pytest.mark.parametrize("name", SQLITE)
def test_sqlite_errors_by_their_codes(name: str) -> None:
    error = sqlite3.OperationalError("…")
    error.sqlite_errorcode = getattr(sqlite3, name) | 1 << 8  # an extended code
    assert type(failures.as_error(error)) is SQLITE[name]


def test_what_nobody_expected_says_how_to_see_more() -> None:
    told = failures.as_error(ZeroDivisionError("division by zero"))
    assert (type(told), told.exit_code) == (UlziiError, 1)
    assert "ULZII_TRACEBACK=1" in str(told)


# --- Ctrl-C, locales ---


def test_ctrl_c_exits_130(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("server.cli.querying.run_once", interrupted)
    done = run(instance.root, "query", "ASK {}")
    assert (done.exit_code, done.stderr) == (130, "\nulzii: interrupted\n")


def test_a_cyrillic_path_without_a_locale(tmp_path: Path) -> None:
    data = tmp_path / "Өгөгдлийн сан"
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    environment |= {"PYTHONPATH": str(Path(__file__).parents[1]), "ULZII_DATA": str(data)}
    done = subprocess.run(
        [*PROGRAM, "init", "--base", "https://example.mn/"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("created ")
    assert (data / "instance.toml").exists()
