"""Capture and map the JSON register, and print the most memory that each process held, in MiB:

python -m bench.mapping.one_json_mapping FOLDER [RECORDS]
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from bench.loading.load import new_instance
from bench.mapping import json_register
from graph.archive import Archive
from graph.core.progress import SilentReporter
from graph.statements import layer
from graph.statements.sorting import Sorter
from loaders.pipeline import map_records, protocol, source
from loaders.pipeline.map_records import MappingInput
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, STATED, Capture


def main(folder: Path, records: int) -> None:
    """Map a register of so many records."""
    described = source.read(json_register.write(folder, records))
    instance = new_instance(folder)
    archive = Archive(instance.archive)
    with (folder / "register.json").open("rb") as file:
        blob = archive.store(file)
    capture = Capture(
        blob.digest, "register.json", "", "application/json", archive, size=blob.length
    )
    context = LoaderContext(described, instance.names)
    given = MappingInput(protocol.find_loader(described), [capture], context, {})
    with Sorter(instance.staging) as stated, Sorter(instance.staging) as inferred:
        lines = {STATED: stated, INFERRED: inferred}
        mapped = map_records.run_limited(given, lines, SilentReporter())
        made = layer.write(stated.sorted(), mapped.origins, archive)
    peaks = [
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    print(
        f"{blob.length / 1e6:.0f} MB, {mapped.records:,} records, {made.statements:,} statements; "
        f"peak: parent {peaks[0]:.0f} MiB, parser {peaks[1]:.0f} MiB"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else json_register.RECORDS)
