"""The project's own structure (docs/architecture.md): folders, imports, names and sizes."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("vocab", "shapes", "graph", "loaders", "server")
# A folder imports only from folders that stand before it in this list, so there are no circles.
FOLDERS = """
vocab
shapes/prefilter shapes shapes/loading shapes/profiles shapes/quality
graph graph/core graph/outbound graph/archive graph/ledger graph/statements
graph/versions graph/evidence graph/snapshots graph/transparency graph/store graph/search graph/void
graph/lists
graph/catalogue/description graph/catalogue graph/publication graph/backup graph/export
graph/audit/model graph/audit
graph/history
graph/reports
graph/queries/model graph/queries/syntax graph/queries/property_functions
graph/queries/patterns graph/federation graph/queries/results graph/queries/engines
graph/queries/admission graph/queries/pool graph/queries
graph/trace/records graph/trace graph/trace/formats graph/evidence_bundles
loaders loaders/descriptions loaders/fetching loaders/captures loaders/bundles
loaders/pipeline loaders/together loaders/replay
loaders/formats loaders/formats/cubes
loaders/tables/values loaders/tables/cells loaders/tables/rows loaders/tables/workbooks
loaders/tables/grids
loaders/tables/description loaders/tables/mapping loaders/tables/guessing
loaders/tables/csvw loaders/tables/showing loaders/tables
loaders/formats/pxweb/listing loaders/formats/pxweb
loaders/catalogues/model loaders/catalogues/rdf_xml loaders/catalogues/turtle
loaders/catalogues/json_ld loaders/catalogues/reading loaders/catalogues/json_forms
loaders/catalogues/envelopes loaders/catalogues/naming loaders/catalogues/protocols
loaders/catalogues
loaders/systems loaders/systems/admin_units loaders/systems/local_fund
loaders/systems/local_services loaders/systems/ministry_page
loaders/systems/nso loaders/systems/opendata_mn
loaders/validation loaders/link_checks loaders/quality loaders/editable loaders/upgrade
server/texts server/http server/core server/auth server/cache server/updates server/sparql
server/cubes server/datasets server/quality
server/pages/layout server/pages/figures server/pages/figures/hexagons
server/pages server/pages/findings server/pages/things server/pages/start
server/pages/about server/pages/errors
server/pages/find
server/pages/editor server/editor
server/pages/quality server/pages/datasets
server/resources server/log server/trace server/captures
server/history
server/catalogue server/saved_queries server/discovery
server server/front server/scratch server/cli/output server/cli/log
server/cli/trace server/cli/history server/cli/audit server/cli/tables server/cli
""".split()
PACKAGES_BELOW = {
    "vocab": set[str](),
    "shapes": {"vocab"},
    "graph": {"vocab"},
    "loaders": {"graph", "shapes", "vocab"},
    "server": {"loaders", "graph", "shapes", "vocab"},
}
# What the face of graph.queries offers is enough for pages; these folders run queries themselves.
MAY_USE_ENGINES = {"server/scratch", "loaders/editable"}
MOST_MODULES = 14
LONGEST_FILE = 300  # lines


@cache
def modules() -> dict[str, Path]:
    """Dotted name → path of every module, packages included."""
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {_dotted(path): path for path in sorted(paths)}


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def folder_of(module: str) -> str:
    """The folder in which a module's file lies, with slashes."""
    return modules()[module].parent.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())


@cache
def imported(path: Path) -> tuple[str, ...]:
    """The modules of this project that a file imports, at whatever place in it."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in modules() else node.module for name in names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@cache
def imports() -> frozenset[tuple[str, str]]:
    """Pairs (module, module it imports) between different folders."""
    return frozenset(
        (module, name)
        for module, path in modules().items()
        for name in imported(path)
        if name in modules() and folder_of(name) != folder_of(module)
    )


def test_every_folder_has_its_place_in_the_order() -> None:
    assert {folder_of(module) for module in modules()} == set(FOLDERS)
    assert len(FOLDERS) == len(set(FOLDERS))


def test_folders_import_only_what_stands_before_them() -> None:
    upward = {
        (module, name)
        for module, name in imports()
        if FOLDERS.index(folder_of(name)) > FOLDERS.index(folder_of(module))
    }
    assert imports()
    assert upward == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_what_is_below(package: str) -> None:
    allowed = PACKAGES_BELOW[package] | {package}
    wrong = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in modules().values()
        if path.is_relative_to(ROOT / package)
        for name in imported(path)
        if (top := name.split(".")[0]) in {*PACKAGES, "tests", "bench"} and top not in allowed
    }
    assert wrong == set()


def test_systems_do_not_import_each_other() -> None:
    """What one agency emits is no other agency's business; what they share is a format."""
    systems = re.compile(r"loaders\.systems\.(\w+)")
    pairs = [(systems.match(module), systems.match(name)) for module, name in imports()]
    mixed = [(a[0], b[0]) for a, b in pairs if a and b and a[1] != b[1]]
    assert mixed == []


def test_the_inside_of_the_query_service_is_its_own() -> None:
    """Others use the face of graph.queries, its model, the SPARQL syntax and the result writers."""
    inside = ("graph.queries.pool", "graph.queries.admission", "graph.queries.engines")
    wrong = {
        (module, name)
        for module, name in imports()
        if name.startswith(inside) and not module.startswith("graph.")
        if folder_of(module) not in MAY_USE_ENGINES
    }
    assert wrong == set()


def test_no_folder_has_too_many_modules() -> None:
    counts = Counter(
        folder_of(module) for module, path in modules().items() if path.name != "__init__.py"
    )
    assert {folder: n for folder, n in counts.items() if n > MOST_MODULES} == {}


def test_every_module_says_what_it_is_for() -> None:
    """A folder's `__init__` says in a sentence what lives there."""
    assert [m for m, path in modules().items() if not ast.get_docstring(tree(path))] == []


def test_no_file_is_too_long() -> None:
    lines = {m: len(path.read_text("utf-8").splitlines()) for m, path in modules().items()}
    assert {module: n for module, n in lines.items() if n > LONGEST_FILE} == {}


def test_a_public_class_name_means_one_class() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for module, path in modules().items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(module)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_the_architecture_page_shows_the_tree() -> None:
    """docs/architecture.md has one line for every folder, and for none that does not exist."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    tree_block = page.partition("## The tree")[2].split("```")[1]
    shown = re.findall(r"^([a-z_/]+)/ {2,}\S", tree_block, re.M)
    assert shown == FOLDERS


def test_the_architecture_page_names_files_that_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = re.findall(r"`((?:graph|loaders|server|shapes|vocab|docs|tests)/[\w/.*-]*)`", page)
    missing = [name for name in named if not any(ROOT.glob(name.rstrip("/")))]
    assert len(named) > 40
    assert missing == []
