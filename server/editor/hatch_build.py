"""Builds the query editor of `/sparql` into one file, `server/static/dist/codemirror.js`.

Hatch calls the hook when it makes a wheel, never for an editable installation: `make demo` needs no
Node and shows the plain editor. Run as a script, it builds the file in the checkout.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

EDITOR = Path(__file__).parent
BUNDLE = EDITOR.parent / "static" / "dist" / "codemirror.js"
_SOURCES = ("package.json", "package-lock.json", "codemirror.js", "completion.js")


class EditorBuildHook(BuildHookInterface[Any]):
    """Adds the editor to the wheel; where npm is missing, the wheel has the plain editor."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle and add it to the files of the wheel."""
        if version == "editable":
            return
        if shutil.which("npm") is None:
            self.app.display_warning("npm is missing: the wheel gets the plain query editor")
            return
        build()
        build_data["artifacts"].append(f"/{BUNDLE.relative_to(self.root).as_posix()}")


def build() -> Path:
    """Make the bundle. Raises CalledProcessError when npm or esbuild fail."""
    with tempfile.TemporaryDirectory() as folder:
        for name in _SOURCES:
            shutil.copy(EDITOR / name, folder)
        # Nothing that a package brings runs here, but the bundler itself.
        _run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        _run(folder, "node_modules/.bin/esbuild", "codemirror.js", "--bundle", "--minify", *_form())
    return BUNDLE


def _form() -> list[str]:
    return ["--format=esm", "--target=es2022", "--legal-comments=inline", f"--outfile={BUNDLE}"]


def _run(folder: str, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    print(build())
