"""Shared by the commands: data directory, JSON output, tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from graph.core.instance import Instance, open_instance

P = ParamSpec("P")
R = TypeVar("R")


def json_option(command: Callable[P, R]) -> Callable[P, R]:
    """Decorator: add the option --json."""
    option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    return option(command)


AT_LEAST_ONE = click.IntRange(1)
NOT_NEGATIVE = click.IntRange(0)

host_option = click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen at."
)
port_option = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8008,
    show_default=True,
    help="Port to listen at; 0: any free one.",
)


def data_directory() -> Path:
    """The instance's directory as given by --data or ULZII_DATA."""
    path: Path = click.get_current_context().find_root().params["data"]
    return path


def current_instance() -> Instance:
    """The instance that the command works on."""
    return open_instance(data_directory())


def show(value: Any, as_json: bool, lines: Iterable[str]) -> None:
    """Print a value as JSON, or as lines of text."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        for text in lines:
            click.echo(text)


def counted(number: int, noun: str) -> str:
    """`1 dataset`, `1,234 datasets`; for nouns whose plural ends in -s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """The lines of a table with aligned columns."""
    cells = [list(map(str, row)) for row in [head, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
