"""Map a register with provenance, and nothing else: python -m bench.mapping.one_mapping FILE.csv

From the file to a layer as a version has it: captured, mapped by `loader = "table"` in the limited
process, sorted, hashed, each statement with capture, row and rule. Prints the digest of its lines,
which are in the archive below `mapped` beside the file.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from bench.loading.load import new_instance
from bench.mapping import registers
from graph.archive import Archive
from graph.core.instance import open_instance
from graph.core.progress import SilentReporter
from graph.statements import layer
from graph.statements.sorting import Sorter
from loaders.pipeline import map_records, protocol, source
from loaders.pipeline.map_records import MappingInput
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, STATED, Capture


def map_file(file: Path) -> tuple[Archive, layer.Layer]:
    """The archive and the layer."""
    folder = file.parent / "mapped"
    shutil.rmtree(folder, ignore_errors=True)
    instance = new_instance(folder)
    archive = Archive(instance.archive)
    with file.open("rb") as opened:
        blob = archive.store(opened)
    capture = Capture(blob.digest, file.name, file.name, "text/csv", archive, size=blob.length)
    described = source.read(registers.describe(file))
    context = LoaderContext(described, instance.names)
    given = MappingInput(protocol.find_loader(described), [capture], context, {})
    with Sorter(instance.staging) as stated, Sorter(instance.staging) as inferred:
        lines = {STATED: stated, INFERRED: inferred}
        mapped = map_records.run_limited(given, lines, SilentReporter())
        return archive, layer.write(stated.sorted(), mapped.origins, archive)


def archive_of(file: Path) -> Archive:
    """Where the lines are."""
    return Archive(open_instance(file.parent / "mapped" / "data").archive)


if __name__ == "__main__":
    print(map_file(Path(sys.argv[1]))[1].lines)
