"""Completion of source ids in shells (docs/commands.md#completion)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from loaders.pipeline.source import BUNDLED, described


class SourceName(click.types.StringParamType):
    """The id of a source. Those that are bundled, and those of the instance, are completed."""

    name = "source"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The ids that begin as what is typed; nothing where they cannot be read."""
        root = ctx.find_root().params.get("data") or Path("ulzii-data")
        found: dict[str, bool] = {}
        with suppress(OSError):  # a shell shows no errors of completion
            found = described(BUNDLED, Path(root) / "sources")
        return [CompletionItem(one) for one in sorted(found) if one.startswith(incomplete)]


SOURCE = SourceName()
