"""Foreign catalogues, mapped: whose subjects, inferred values, entries, findings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pyoxigraph as ox
import pytest

from loaders.pipeline.record import LoadFinding
from tests.harvests import (
    BASE,
    CONTEXT,
    DATASET,
    PREFIXES,
    SOURCE,
    EarlierVersion,
    capture,
    findings,
    lines,
    mapped,
)
from vocab.terms import Object

D = f"<{DATASET}d>"


def page(properties: str, more: str = "") -> bytes:
    return f'{PREFIXES} [] a dcat:Dataset ; dct:identifier "d" ; {properties} . {more}'.encode()


def inferred(data: bytes, **options: str) -> set[str]:
    context = replace(CONTEXT, source=replace(SOURCE, options=options))
    return lines(mapped([capture(data)], context), "inferred")


# inferred


def test_a_text_without_language_gets_a_copy_with_the_sources() -> None:
    data = page('dct:title "Vías" ; dct:description "x"@en')
    copies = {line for line in inferred(data, language="es") if line.endswith("@es .")}
    assert copies == {f'{D} <http://purl.org/dc/terms/title> "Vías"@es .'}
    assert not any("@" in line for line in inferred(data))


@pytest.mark.parametrize(
    "language",
    ['"es"', '"spa"', "<http://publications.europa.eu/resource/authority/language/SPA>"],
)
def test_the_language_of_the_catalogue_is_that_of_its_texts(language: str) -> None:
    data = page('dct:title "Vías"', f"[] a dcat:Catalog ; dct:language {language} .")
    assert any(line.endswith('"Vías"@es .') for line in inferred(data))


def test_a_catalogue_with_two_languages_says_nothing_of_its_texts() -> None:
    data = page('dct:title "Vías"', '[] a dcat:Catalog ; dct:language "es" , "ca" .')
    assert not any("@" in line for line in inferred(data))


def test_an_access_address_comes_from_the_download_or_from_text() -> None:
    access = "<http://www.w3.org/ns/dcat#accessURL>"
    download = inferred(page("dcat:distribution [ dcat:downloadURL :f ]"))
    assert any(f"{access} <http://other.example/f> ." in line for line in download)
    text = inferred(page('dcat:distribution [ dcat:accessURL "http://a.example/x" , "n/a" ]'))
    assert any(f"{access} <http://a.example/x> ." in line for line in text)
    assert not any("n/a" in line for line in text)


def test_identifier_and_types_are_inferred_but_no_publisher_and_no_licence() -> None:
    data = (
        f"{PREFIXES} [] a dcat:Dataset ; dcat:landingPage :p ; dcat:contactPoint [ vcard:fn 'O' ] ."
    )
    found = inferred(data.encode())
    assert any('terms/identifier> "test:' in line for line in found)
    assert any(line.endswith("vcard/ns#Kind> .") for line in found)
    assert not any("publisher" in line or "license" in line for line in found)


# ownership


@dataclass
class Others:
    """Statements of other sources, in memory."""

    text: str
    source: str = "other"
    quads: list[ox.Quad] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.quads = list(ox.parse(f"{PREFIXES}{self.text}", ox.RdfFormat.TURTLE))

    def holds(self, subject: str, predicate: str, value: str) -> bool:
        wanted = (subject, predicate, value)
        return any((str(q.subject), str(q.predicate), str(q.object)) == wanted for q in self.quads)

    def sources_stating(
        self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Object
    ) -> set[str]:
        return {self.source} if self.holds(str(subject), str(predicate), str(value)) else set()

    def subjects(self, predicate: ox.NamedNode, value: Object) -> set[ox.NamedNode]:
        pairs = ((q.subject, q.predicate, q.object) for q in self.quads)
        return {
            s for s, p, o in pairs if (p, o) == (predicate, value) and isinstance(s, ox.NamedNode)
        }

    def objects(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> set[Object]:
        pairs = ((q.subject, q.predicate, q.object) for q in self.quads)
        return {o for s, p, o in pairs if (s, p) == (subject, predicate) and isinstance(o, Object)}


@pytest.mark.parametrize(
    "subject",
    [
        f"<{BASE}log/0>",
        f"<{BASE}catalog>",
        f"<{BASE}id/dataset/other/1>",
        f"<{BASE}id/source/test/v/1>",
        "<v/1>",
        "<https://w3id.org/ulzii/def/core#Finding>",
        "<https://w3id.org/ulzii/id/org/x-nso>",
        "<https://w3id.org/ulzii/scheme/x/1>",
    ],
)
def test_nothing_is_published_about_what_is_not_the_sources(subject: str) -> None:
    licence = f"{subject} dct:license :mine ; dct:description 'mine'@en ."
    found = mapped([capture(page(':p "kept"', licence))])
    assert not any("mine" in line for line in lines(found))
    assert any('"kept"' in line for line in lines(found))
    assert findings(found)["subject-refused"] == 2


@pytest.mark.parametrize(
    ("day", "kept"), [("2014-12-31", True), ("2014-12-30", False), ("1066-01-01", False)]
)
def test_a_period_is_what_its_name_says_whoever_says_it(day: str, kept: bool) -> None:
    period = "<https://w3id.org/ulzii/id/period/1999--2014>"
    found = mapped([capture(page(':p "kept"', f'{period} dcat:endDate "{day}"^^xsd:date .'))])
    assert any(day in line for line in lines(found)) is kept
    assert ("subject-refused" in findings(found)) is not kept


def test_what_another_instance_describes_under_the_default_base_is_foreign() -> None:
    theirs = "<https://w3id.org/ulzii/id/dataset/nso/1>"
    found = mapped([capture(f"{PREFIXES} {theirs} a dcat:Dataset ; dct:identifier '1' .".encode())])
    assert len(lines(found)) == 2
    assert any(f"dcat#dataset> {theirs}" in line for line in lines(found, "inferred"))


def test_types_and_labels_that_are_held_already_are_dropped_without_a_finding() -> None:
    label = '<https://w3id.org/ulzii/id/org/x-nso> a foaf:Agent ; foaf:name "Office"@en .'
    context = replace(CONTEXT, others=Others(label))
    found = mapped([capture(page(':p "kept"', label))], context)
    assert not any("x-nso" in line for line in lines(found))
    assert "subject-refused" not in findings(found)
    renamed = label.replace("Office", "Other")
    assert findings(mapped([capture(page(':p "kept"', renamed))], context))["subject-refused"] == 1


def test_what_another_source_described_first_stays_its_own() -> None:
    data = f'{PREFIXES} :d a dcat:Dataset ; dct:identifier "d" .'.encode()
    entry = f"<{BASE}catalog> dcat:dataset :d . :d a dcat:Dataset ."
    found = mapped([capture(data)], replace(CONTEXT, others=Others(entry)))
    (said,) = (one for one in found if getattr(one, "kind", "") == "described-elsewhere")
    assert isinstance(said, LoadFinding)
    assert said.detail == "other"
    assert not any("ns/dcat#dataset>" in line for line in lines(found, "inferred"))
    assert len(lines(found)) == 2


def test_the_same_dataset_elsewhere_is_linked() -> None:
    same = "<http://www.w3.org/2004/02/skos/core#exactMatch> <http://other.example/o> ."
    entry = f"<{BASE}catalog> dcat:dataset :o . :o "

    def links(properties: str, theirs: str) -> bool:
        context = replace(CONTEXT, others=Others(f"{entry}{theirs} ."))
        found = lines(mapped([capture(page(properties))], context), "inferred")
        return any(line.endswith(same) for line in found)

    doi = 'dct:identifier "https://doi.org/10.5072/x"'
    assert links(doi, doi)
    assert not links('dct:identifier "1"', 'dct:identifier "1"')
    files = "dcat:distribution [ dcat:accessURL :f ] , [ dcat:downloadURL :g ]"
    both = "dcat:distribution :a , :b . :a dcat:accessURL :f . :b dcat:downloadURL :g"
    assert links(files, both)
    assert not links(files, f"{both} , :h")


def test_a_shared_identifier_and_a_repeated_dataset_are_findings() -> None:
    one = PREFIXES + '[] a dcat:Dataset ; dct:identifier "x" ; dct:publisher :a . '
    two = '[] a dcat:Dataset ; dct:identifier "x" ; dct:publisher :b . '
    assert findings(mapped([capture((one + two).encode())]))["identifier-shared"] == 2
    found = findings(mapped([capture(one.encode()), capture(one.encode() + b" ")]))
    assert found["stated-twice"] == 1


def test_what_holds_no_dataset_says_so() -> None:
    found = mapped([capture(f"{PREFIXES} [] a dcat:Catalog ; dcat:dataset :gone .".encode())])
    assert findings(found) == {"dataset-not-described": 1, "holds-no-dataset": 1}


# entries


def entry(found: set[str], predicate: str) -> str:
    (line,) = (one for one in found if predicate in one and one.startswith(f"<{DATASET}d#record>"))
    return line.split('"')[1]


def test_an_entry_keeps_when_it_was_first_seen_and_when_it_changed() -> None:
    def version(title: str, at: str, before: dict[str, set[str]]) -> dict[str, set[str]]:
        layers = {name: [t.encode() for t in sorted(ls)] for name, ls in before.items()}
        context = replace(CONTEXT, fetched=at, previous=EarlierVersion(layers))
        found = mapped([capture(page(f'dct:title "{title}"'))], context)
        return {layer: lines(found, layer) for layer in ("stated", "inferred")}

    first = version("a", "2026-01-01T00:00:00Z", {})
    same = version("a", "2026-02-01T00:00:00Z", first)
    assert same == first
    edited = version("b", "2026-03-01T00:00:00Z", same)["inferred"]
    assert entry(edited, "terms/issued>") == "2026-01-01T00:00:00Z"
    assert entry(edited, "terms/modified>") == "2026-03-01T00:00:00Z"


# stale


TWO = """:a a dcat:Dataset ; dct:identifier "a" ; dcat:distribution :f .
:f a dcat:Distribution ; dcat:accessURL :x .
:b a dcat:Dataset ; dct:identifier "b" ; dcat:contactPoint [ vcard:fn "Office" ] .
"""


@pytest.mark.parametrize(
    "broken", [':b a dcat:Dataset ; dct:identifier b" .\n', "[] a dcat: : .\n"]
)
def test_what_cannot_be_read_today_keeps_its_last_statements(broken: str) -> None:
    before = mapped([capture((PREFIXES + TWO).encode())])
    layers = {n: [t.encode() for t in sorted(lines(before, n))] for n in ("stated", "inferred")}
    context = replace(CONTEXT, previous=EarlierVersion(layers))
    today = TWO[: TWO.index(":b a")]
    now = mapped([capture((PREFIXES + broken + today).encode())], context)
    assert lines(now) == lines(before)
    stale = [one for one in now if isinstance(one, LoadFinding) and one.kind == "record-stale"]
    assert [one.subject.value for one in stale] == ["http://other.example/b"]
    # what is gone and nothing is broken is deleted
    deleted = mapped([capture((PREFIXES + today).encode())], context)
    assert not any("other.example/b>" in line for line in lines(deleted))


def test_the_last_answer_in_place_of_a_failed_one_is_a_finding() -> None:
    found = mapped([replace(capture((PREFIXES + TWO).encode()), stale=True)])
    assert findings(found)["record-stale"] == 2
