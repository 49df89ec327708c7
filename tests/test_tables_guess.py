"""`ulzii guess`, then `ulzii load`: figures that a query gives, and the cells they came from."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
import rdflib

from graph.core.iris import ROOT, concept
from loaders.tables.guessing.units import KNOWN
from tests.agency_tables import FILES
from tests.engineers import Engineer
from tests.parts import each
from tests.test_vocab import HOUSE

HERDERS = """Аймаг,Хүйс,2022,2023,2024
Архангай,Эрэгтэй,"1,200","1,250.5",-
Архангай,Эмэгтэй,900,,"1,010"
Дархан уул,Эрэгтэй,10,..,0
Нийт,Эрэгтэй,"1,210","1,250.5",0
"""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def places(few_datasets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance that knows places, organisations and units."""
    return shutil.copytree(few_datasets, tmp_path_factory.mktemp("places") / "data")


@pytest.fixture
def engineer(places: Path, tmp_path: Path) -> Engineer:
    return Engineer(places, tmp_path)


def test_from_a_file_to_figures(engineer: Engineer) -> None:
    engineer.load(engineer.guess("herders.csv", HERDERS.encode()))
    assert engineer.figures("herders/herders") == {
        "065/eregtei/2022": "1200",
        "065/eregtei/2023": "1250.5",
        "065/eregtei/2024": "<M>",
        "065/emegtei/2022": "900",
        "065/emegtei/2023": "<M>",
        "065/emegtei/2024": "1010",
        "045/eregtei/2022": "10",
        "045/eregtei/2023": "<L>",
        "045/eregtei/2024": "0",
        "niit/eregtei/2022": "1210",
        "niit/eregtei/2023": "1250.5",
        "niit/eregtei/2024": "0",
    }


def test_an_open_question_is_refused(engineer: Engineer) -> None:
    """“1,200” could be one and a fifth."""
    description = engineer.guess("open.csv", HERDERS.replace("1,250.5", "1,250").encode())
    assert tomllib.loads(description.read_text("utf-8"))["options"]["numbers"] == "?"
    done = engineer.run("load", str(description))
    assert done.exit_code == 2
    assert "options.numbers" in done.output
    assert "not answered" in done.output


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("Хүйс", "Хүйс (бүгд)", "column 2 is now “Хүйс (бүгд)” instead of “Хүйс”"),
        ("Аймаг,Хүйс", "Хүйс,Аймаг", "“Хүйс” stands in column 1, before “Аймаг” (moved)"),
        ("Аймаг,", "Аймаг,Сум,", "column 2 “Сум” is new"),
    ],
)
def test_other_columns_are_drift(engineer: Engineer, before: str, after: str, named: str) -> None:
    description = engineer.guess("drift.csv", HERDERS.encode())
    head, _, body = HERDERS.partition("\n")
    description.with_suffix(".csv").write_text(f"{head.replace(before, after)}\n{body}", "utf-8")
    done = engineer.run("load", str(description), "--dry-run")
    assert done.exit_code == 3
    assert named in done.output


def test_a_further_year_is_no_drift(engineer: Engineer) -> None:
    description = engineer.guess("years.csv", HERDERS.encode())
    longer = "\n".join(f"{line},2025" for line in HERDERS.splitlines())
    description.with_suffix(".csv").write_text(longer, "utf-8")
    assert "rejected" not in engineer.load(description)
    assert engineer.figures("years/years")["065/emegtei/2025"] == "2025"


EXPECTED = {
    "budget.csv": (
        {
            "2024/065/tatvaryn-orlogo": "12345.6",
            "2024/065/tatvaryn-bus-orlogo": "1204.5",
            "2024/083/tatvaryn-orlogo": "9876.5",
            "2024/083/tatvaryn-bus-orlogo": "<M>",
            "2024/045/tatvaryn-orlogo": "21000",
            "2024/045/tatvaryn-bus-orlogo": "<L>",
            "2024/niit/tatvaryn-orlogo": "43222.1",
            "2024/niit/tatvaryn-bus-orlogo": "1204.5",
        },
        ("2024/083/tatvaryn-orlogo", "cell=5,2"),
    ),
    "unemployed.xlsx": (
        {
            "065/2023/eregtei": "512",
            "065/2023/emegtei": "430",
            "065/2024/eregtei": "498",
            "065/2024/emegtei": "<M>",
            "061/2023/eregtei": "1020",
            "061/2023/emegtei": "988",
            "061/2024/eregtei": "0",
            "061/2024/emegtei": "<M>",
            "011/2023/eregtei": "9100",
            "011/2023/emegtei": "8743",
            "011/2024/eregtei": "9055",
            "011/2024/emegtei": "8801",
        },
        ("061/2024/eregtei", "'Хүснэгт 1'!D6"),
    ),
    "prices.xlsx": (
        {
            "guril/narantuul/2024-11": "1850.5",
            "guril/narantuul/2024-12": "1900",
            "guril/khuchit-shonkhor/2024-11": "1800",
            "guril/khuchit-shonkhor/2024-12": "<M>",
            "suu/narantuul/2024-11": "3000",
            "suu/narantuul/2024-12": "3100.25",
        },
        ("suu/narantuul/2024-12", "Үнэ!D4"),
    ),
    "trade.tsv": (
        {
            "eksport-saya-am-dollar/2023-Q3": "3512.4",
            "eksport-saya-am-dollar/2023-Q4": "4001",
            "eksport-saya-am-dollar/2024-Q1": "3300.75",
            "eksport-saya-am-dollar/2024-Q2": "3650",
            "import-saya-am-dollar/2023-Q3": "2410",
            "import-saya-am-dollar/2023-Q4": "<M>",
            "import-saya-am-dollar/2024-Q1": "2298.5",
            "import-saya-am-dollar/2024-Q2": "<L>",
        },
        ("eksport-saya-am-dollar/2024-Q1", "cell=2,4"),
    ),
    "soums.csv": (
        {
            "06504/khun-am": "3412",
            "06504/malyn-too-myangan-tolgoi": "201.5",
            "06507/khun-am": "2210",
            "06507/malyn-too-myangan-tolgoi": "150",
            "065-kherlen/khun-am": "15",
            "065-kherlen/malyn-too-myangan-tolgoi": "1",
            "04610/khun-am": "2455",
            "04610/malyn-too-myangan-tolgoi": "98.25",
            "04601/khun-am": "26811",
            "04601/malyn-too-myangan-tolgoi": "<M>",
        },
        ("04610/malyn-too-myangan-tolgoi", "cell=7,3"),
    ),
}


@pytest.mark.parametrize("name", each(5, FILES))
def test_tables_as_agencies_make_them(engineer: Engineer, name: str) -> None:
    """Guessed, and nothing edited but whose table it is."""
    engineer.load(engineer.guess(name, FILES[name]()))
    figures, (key, locator) = EXPECTED[name]
    dataset = f"{Path(name).stem}/{Path(name).stem}"
    assert engineer.figures(dataset) == figures
    assert engineer.origin(dataset, key, figures[key]) == locator


def test_places_that_are_not_resolved_are_listed_and_counted(engineer: Engineer) -> None:
    """No soum of Архангай is called Хэрлэн; two aimags have a Булган, each is found."""
    told = engineer.load(engineer.guess("places.csv", FILES["soums.csv"]()))
    assert "1 finding of place-unknown/1, 2 occurrences" in told
    (row,) = engineer.query(
        """PREFIX core: <https://w3id.org/ulzii/def/core#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT ?name ?count { ?finding core:about/skos:prefLabel ?name ; core:rule
          <https://w3id.org/ulzii/rule/place-unknown/1> ; core:occurrences ?count .
          FILTER(contains(str(?finding), "/places/")) }"""
    )
    assert row == {"name": "Хэрлэн", "count": "2"}


def test_a_guessed_unit_is_one_of_the_vocabulary() -> None:
    """With its labels: two preferred labels in one language would break a rule."""
    known = rdflib.Graph().parse(HOUSE / "vocab" / "stat.ttl", publicID=ROOT)
    for unit in KNOWN.values():
        labels = set(known.objects(rdflib.URIRef(concept("unit", unit.key)), rdflib.SKOS.prefLabel))
        assert labels == {rdflib.Literal(unit.mn, "mn"), rdflib.Literal(unit.en, "en")}, unit
