"""The command line: `ulzii`."""

from __future__ import annotations

from collections import UserDict
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import click

_MODULES = {
    "init": "instances",
    "demo": "loading",
    "load": "loading",
    "approve": "approving",
    "retire": "approving",
    "guess": "tables.guessing",
    "sources": "sources",
    "validate": "validating",
    "status": "instances",
    "query": "querying",
    "search": "searching",
    "trace": "trace.tracing",
    "export": "exporting",
    "rebuild": "instances",
    "verify": "audit.verifying",
    "recover": "auditing",
    "backup": "audit.backups",
    "restore": "audit.backups",
    "replay": "history.replaying",
    "archive": "audit.repacking",
    "diff": "history.comparing",
    "history": "history.past",
    "log": "log.listing",
    "prove": "log.proving",
    "witness": "log.witnessing",
    "bundle": "log.evidence",
    "verify-bundle": "log.evidence",
    "check-upgrade": "upgrading",
    "serve": "serving",
    "score": "scoring",
    "check-urls": "scoring",
    "token": "tokens",
    "queries": "queries",
}
"""Command → the module in this package that defines it, under the same name."""


class _Commands(UserDict[str, Any]):
    """The commands. Each is imported on use, so none waits for the imports of others."""

    def __getitem__(self, name: str) -> click.Command:
        module = import_module(f"{__name__}.{self.data[name]}")
        return cast(click.Command, getattr(module, name.replace("-", "_")))


class _Main(click.Group):
    """The program. What goes wrong in any command is a message and an exit code."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the arguments. Here `--help` and `--version` are printed."""
        from server.cli.output.failures import reported

        with reported():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Import and run the command that the arguments name."""
        from server.cli.output.failures import reported

        with reported():
            return super().invoke(ctx)


@click.group(
    cls=_Main,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    commands=_Commands(_MODULES),
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="ULZII_DATA",
    default=Path("ulzii-data"),
    show_default=True,
    show_envvar=True,
    help="Directory of the instance.",
)
@click.version_option(package_name="ulzii")
def main(data: Path) -> None:
    """Өлзий: Mongolia's open government data as one knowledge graph."""
