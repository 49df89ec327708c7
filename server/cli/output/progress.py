"""Progress bars on a terminal (standard error); nothing is shown elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from graph.core.progress import Reporter, SilentReporter

_LABELS = {
    "fetch": "татаж байна · fetching the source",
    "map": "хөрвүүлж байна · mapping records",
    "sort": "эрэмбэлж байна · sorting statements",
    "validate": "шалгаж байна · validating",
    "compare": "харьцуулж байна · comparing versions",
    "store": "хадгалж байна · writing the store",
    "publish": "нийтэлж байна · publishing",
    "backup": "нөөцөлж байна · copying the archive",
}


class Bars:
    """Shows each step as a bar, or as a count if its length is unknown."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._bar: Any = None
        self._count = 0
        self._label = ""
        self._begun = 0.0

    def step(self, name: str, total: int | None = None) -> None:
        """See Reporter."""
        self.close()
        self._label = f"{self._title}: {_LABELS.get(name, name)}"
        if total:
            self._begun = time.monotonic()
            self._bar = click.progressbar(
                length=total,
                label=self._label,
                file=sys.stderr,
                show_pos=True,
                item_show_func=lambda _: self._rate(),
            )
            self._bar.render_progress()
        else:
            # ESC [K clears the rest of the line, which may be longer than the new text.
            click.echo(f"\r\033[K{self._label} …", nl=False, err=True)

    def advance(self, count: int = 1) -> None:
        """See Reporter."""
        self._count += count
        if self._bar is not None:
            self._bar.update(count, self._count)
        else:
            click.echo(f"\r\033[K{self._label} {self._count:,}", nl=False, err=True)

    def _rate(self) -> str:
        """How many a second; how long the rest takes, the bar says."""
        seconds = time.monotonic() - self._begun
        return f"{self._count / seconds:,.1f}/s" if self._count and seconds else ""

    def close(self) -> None:
        """Clear the line of the current step and show the cursor again."""
        if self._bar is not None:
            self._bar.render_finish()
        if self._label:
            click.echo("\r\033[K", nl=False, err=True)
        self._bar, self._count, self._label = None, 0, ""


@contextmanager
def reporter(title: str) -> Iterator[Reporter]:
    """Bars on a terminal; a silent reporter elsewhere."""
    if not sys.stderr.isatty():
        yield SilentReporter()
        return
    bars = Bars(title)
    try:
        yield bars
    finally:
        bars.close()
