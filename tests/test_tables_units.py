"""Units and multipliers of single columns, guessed from their heads and said of their figures."""

from __future__ import annotations

import hashlib
import tomllib
from typing import Any

import pytest

from graph.core.iris import concept
from loaders.pipeline.record import Capture, Statement
from loaders.tables.guessing import description
from loaders.tables.guessing.table import look_at
from tests.mapped_tables import mapped
from vocab.namespaces import QB, SDMX_ATTRIBUTE

TABLES = {
    "in one row": """Аймаг,"Тоо, мянган хүн","Үнэ, сая төгрөг",Хувь,"Талбай (мянган га)"
Архангай,1,1234.5,12.5,3.1
Булган,2,2234.5,10.5,4.1
""",
    "in a row of their own": """Аймаг,Хүн ам,Хүн ам,Орлого
,мян. хүн,хувь,тэрбум төгрөг
Архангай,9.2,12.5,1.2
Булган,7.3,10.5,2.2
""",
    "above years": """Аймаг,"Хүн ам, мянган хүн",,"Орлого, сая төгрөг",
,2022,2023,2022,2023
Архангай,9.2,9.5,1,5
Булган,7.3,7.4,2,7
""",
    "below years": """Аймаг,2022,,2023,
,"Хүн ам, мянган хүн","Орлого, сая төгрөг","Хүн ам, мянган хүн","Орлого, сая төгрөг"
Архангай,9.2,1,9.5,5
Булган,7.3,2,7.4,7
""",
    "what is counted, and a figure without unit": """Аймаг,Мян. өрх,"Хураамж, юань",Бусад
Архангай,9.2,1234,1500
Булган,7.3,2234,1800
""",
    "an unknown unit": """Аймаг,"Чийг, мянган мг/м3","Хүн ам, хүн"
Архангай,9.2,12
Булган,7.3,99112233
""",
}
PERSON, TOGROG = ("person", 3), ("togrog", 6)
EXPECTED = {
    "in one row": [PERSON, TOGROG, ("percent", 0), ("hectare", 3)],
    "in a row of their own": [PERSON, ("percent", 0), ("togrog", 9)],
    "above years": [PERSON, TOGROG],
    "below years": [PERSON, TOGROG, PERSON, TOGROG],
    "what is counted, and a figure without unit": [("household", 3), ("yuan", 0), (None, None)],
    "an unknown unit": [(None, 3), ("person", 0)],
}


def described(text: str) -> tuple[str, dict[str, Any]]:
    """The guessed description of a CSV: as text, and its options."""
    content = text.encode()
    capture = Capture(hashlib.sha256(content).hexdigest(), "t.csv", "", "text/csv", content)
    written = description.text(list(description.entries(look_at(capture), "t.csv")), (), ())
    return written, tomllib.loads(written)["options"]


@pytest.mark.parametrize("name", TABLES)
def test_each_column_has_the_unit_of_its_head(name: str) -> None:
    _, options = described(TABLES[name])
    measures = [one for one in options["columns"] if one["role"] == "measure"]
    assert [(m.get("unit"), m.get("multiplier")) for m in measures] == EXPECTED[name]
    assert {m["unit"] for m in measures if "unit" in m} == options["units"].keys()
    assert "unit" not in options["dataset"]


def test_each_guess_of_a_unit_has_its_reason() -> None:
    text, _ = described(TABLES["in one row"])
    assert 'unit = "togrog"  # “сая төгрөг”' in text
    assert "multiplier = 3  # “мянган га”" in text
    text, _ = described(TABLES["an unknown unit"])
    assert "multiplier = 3  # “мянган мг/м3”; name its unit here, and under [options.units]" in text


@pytest.mark.parametrize("name", ["above years", "below years"])
def test_figures_have_the_unit_of_their_column(name: str) -> None:
    """Eight figures; nothing of the guess is edited."""
    made = mapped(TABLES[name], described(TABLES[name])[1])
    units = [
        (one.subject.value.rpartition("/cube/")[2], one.object.value.rpartition("/")[2])
        for one in made
        if isinstance(one, Statement) and one.predicate == SDMX_ATTRIBUTE.unitMeasure
    ]
    assert len(units) == 8
    assert {unit for key, unit in units if "orlogo" in key} == {"togrog"}
    assert {unit for key, unit in units if "khun-am" in key} == {"person"}
    assert concept("unit", "person") == "https://w3id.org/ulzii/scheme/unit/person"


def test_a_unit_of_all_figures_is_said_once() -> None:
    _, options = described("Аймаг,2022,2023\nАрхангай,1.5,2.5\nУвс,3.5,4.5\n".join(["", ""]))
    assert "unit" not in options["dataset"]
    text = '"Орлого, сая төгрөг",,\nАймаг,2022,2023\nАрхангай,1.5,2.5\nУвс,3.5,4.5\n'
    _, options = described(text)
    assert (options["dataset"]["unit"], options["dataset"]["multiplier"]) == TOGROG


def test_telephone_numbers_are_no_figures() -> None:
    """Though a unit stands in their head."""
    text = 'Аймаг,"Утас (хүн)","Төсөв, төгрөг"\nАрхангай,99112233,99112233\nУвс,88112233,88112233\n'
    _, options = described(text)
    assert [one["role"] for one in options["columns"]] == ["dimension", "ignore", "measure"]


@pytest.mark.parametrize(
    ("texts", "role"), [(("1234.5", "1500"), "measure"), (("2023.10",), "dimension")]
)
def test_a_year_long_ago_is_a_number(texts: tuple[str, ...], role: str) -> None:
    rows = "".join(f"Увс,{text},{n}.5\n" for n, text in enumerate(texts))
    _, options = described(f"Аймаг,Х,Тоо\n{rows}")
    assert options["columns"][1]["role"] == role


def attached(options: dict[str, Any]) -> set[str]:
    """The attributes that the structure of a cube says each figure has for itself."""
    made = [one for one in mapped(TABLES["in one row"], options) if isinstance(one, Statement)]
    each = {
        one.subject
        for one in made
        if (one.predicate, one.object) == (QB.componentAttachment, QB.Observation)
    }
    return {
        one.object.value.rpartition("#")[2]
        for one in made
        if one.subject in each and one.predicate == QB.attribute
    }


def test_the_structure_says_whether_figures_have_units_for_themselves() -> None:
    """Where all have, the cube lacks none; where one has not, it is not said."""
    _, options = described(TABLES["in one row"])
    assert attached(options) >= {"unitMeasure", "unitMult"}
    del options["columns"][1]["unit"]
    assert attached(options) == {"unitMult", "obsStatus"}
