"""morph-kgc in an environment of its own, since it needs older libraries than this project."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from bench.data.synthetic import BASE
from bench.mapping.registers import CLASS, DATASET, THING

FOLDER = Path(__file__).with_name(".morph-kgc")
"""The environment; made once, and not in the repository."""
PACKAGES = ("morph-kgc", "pyshacl")  # pySHACL beside it for the whole way, with its rdflib

_RML = f"""\
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix def: <{BASE}def/> .
<#registers> a rr:TriplesMap ;
  rml:logicalSource [ rml:source "{{file}}" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "{THING}{{{{id}}}}" ; rr:class <{CLASS}> ] ;
"""
_PAIRS = (
    ("dct:identifier", 'rml:reference "id"'),
    ("dct:title", 'rml:reference "name_mn" ; rr:language "mn"'),
    ("dct:title", 'rml:reference "name_en" ; rr:language "en"'),
    ("def:population", 'rml:reference "population" ; rr:datatype xsd:integer'),
    ("def:area", 'rml:reference "area" ; rr:datatype xsd:decimal'),
    ("dct:issued", 'rml:reference "founded" ; rr:datatype xsd:date'),
    ("def:code", 'rml:reference "code"'),
    ("def:aimag", 'rml:reference "aimag"'),
    ("dct:isPartOf", f"rr:constant <{DATASET}>"),
)
_PAIR = "  rr:predicateObjectMap [ rr:predicate {} ; rr:objectMap [ {} ] ]"
_CONFIGURATION = """\
[CONFIGURATION]
output_file: {out}
[REGISTERS]
mappings: {mapping}
"""


class UnavailableError(Exception):
    """Why morph-kgc cannot be run here."""


def install() -> Path:
    """The interpreter of the environment, which is made where there is none.

    Raises UnavailableError where pip cannot install it.
    """
    python = FOLDER / "bin" / "python"
    if not (FOLDER / "ready").exists():
        venv.create(FOLDER, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *PACKAGES]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise UnavailableError((done.stderr.strip().splitlines() or ["pip failed"])[-1])
        (FOLDER / "ready").touch()
    return python


def version(python: Path) -> str:
    """The version of morph-kgc that is installed."""
    code = "from importlib.metadata import version; print(version('morph-kgc'))"
    return subprocess.run(
        [python, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def prepare(table: Path) -> Path:
    """Write the mapping of a register, and the configuration, which is returned, beside it."""
    mapping, configuration = table.with_suffix(".rml.ttl"), table.with_suffix(".ini")
    pairs = " ;\n".join(_PAIR.format(*pair) for pair in _PAIRS)
    mapping.write_text(_RML.format(file=table) + pairs + " .\n", "utf-8")
    configuration.write_text(_CONFIGURATION.format(out=output(table), mapping=mapping), "utf-8")
    return configuration


def output(table: Path) -> Path:
    """Where morph-kgc writes the statements of a register."""
    return table.with_suffix(".nt")


def command(python: Path, configuration: Path) -> list[str]:
    """The command that maps; it uses all processors."""
    return [str(python), "-m", "morph_kgc", str(configuration)]


if __name__ == "__main__":
    sys.exit(print(install()))
