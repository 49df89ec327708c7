"""CKAN's own parser (ckanext-dcat) reads every page of the catalogue, in the syntaxes it harvests.

It needs CKAN's packages, which go to an environment of their own; where they cannot be had, this
says so and is skipped.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from harvest import HOUSE, install, load_sample_instance, serving

PACKAGES = ("ckan[requirements]==2.12.0", "ckanext-dcat==2.4.4")
ENVIRONMENT = HOUSE / "build" / "ckan"


def main() -> int:
    """Install the parser, serve the bundled sources and a sample, and let it read them."""
    if why := install(ENVIRONMENT, PACKAGES):
        print(f"skipped: ckanext-dcat cannot be installed here: {why}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        load_sample_instance(data)
        with serving(data) as address:
            script = HOUSE / ".ci" / "ckan_pages.py"
            read = [str(ENVIRONMENT / "bin" / "python"), str(script), address]
            return subprocess.run(read, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
