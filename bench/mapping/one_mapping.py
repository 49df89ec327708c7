"""Map a register with provenance, and nothing else: python -m bench.mapping.one_mapping FILE.csv

From the file to a layer as a version has it: captured, mapped in the limited process, sorted,
hashed, each statement with capture, row and rule. The statements are written beside the file too,
as `ours.nt`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from bench.loading.load import new_instance
from bench.mapping import registers
from graph.archive import Archive
from graph.core.progress import SilentReporter
from graph.statements import layer
from graph.statements.sorting import Sorter
from loaders.pipeline import map_records
from loaders.pipeline.map_records import MappingInput
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, STATED, Capture
from loaders.pipeline.source import Source


def map_file(file: Path) -> tuple[Archive, layer.Layer]:
    """The archive and the layer."""
    folder = file.parent / "mapped"
    shutil.rmtree(folder, ignore_errors=True)
    instance = new_instance(folder)
    archive = Archive(instance.archive)
    with file.open("rb") as opened:
        blob = archive.store(opened)
    capture = Capture(blob.digest, file.name, file.name, "text/csv", archive, size=blob.length)
    source = Source("registers", {}, "", (), "text/csv", file)
    given = MappingInput(registers, [capture], LoaderContext(source, instance.names), {})
    with Sorter(instance.staging) as stated, Sorter(instance.staging) as inferred:
        lines = {STATED: stated, INFERRED: inferred}
        mapped = map_records.run_limited(given, lines, SilentReporter())
        return archive, layer.write(stated.sorted(), mapped.origins, archive)


def main(file: Path) -> None:
    """Map the file."""
    archive, made = map_file(file)
    with archive.open(made.lines) as blob, (file.parent / "ours.nt").open("wb") as out:
        shutil.copyfileobj(blob, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
