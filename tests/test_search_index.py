"""The search index: exact after any sequence of publications, updated or built from scratch."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import snapshots
from graph.core import instance as instances
from graph.core.errors import EngineFailure, QuerySyntaxError, QueryTooLarge
from graph.core.instance import Instance
from graph.ledger import Ledger, create, event
from graph.search import changes, index, schema
from graph.search import query as finding
from graph.search.extract import IndexedText, extract
from graph.search.normalize import words
from graph.search.query import Hit, SearchIndex, SearchScope, find
from graph.snapshots import Snapshot
from graph.snapshots.checksums import FORM
from graph.snapshots.staged import Staged
from graph.statements import canonical
from tests import parts
from tests.test_publish import problems
from tests.versions import log_version, publish
from vocab.terms import Object

TITLE = "http://purl.org/dc/terms/title"
DESCRIPTION = "http://purl.org/dc/terms/description"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
LONG = "Завхан аймаг, 24 сум\n“төв”\t\\"
GEO = "http://www.opengis.net/ont/geosparql#"


def line(subject: str, predicate: str, value: Object) -> bytes:
    return canonical.line(ox.NamedNode(f"http://e/{subject}"), ox.NamedNode(predicate), value)


def mongolian(text: str) -> ox.Literal:
    return ox.Literal(text, language="mn")


def titles(**texts: str) -> list[bytes]:
    """A Mongolian title for each subject."""
    return [line(s, TITLE, mongolian(text)) for s, text in texts.items()]


def shown(instance: Instance) -> Snapshot:
    now = snapshots.current(instance)
    assert now is not None
    return now


def names(hits: Iterable[Hit]) -> list[str]:
    return [hit.iri.removeprefix("http://e/") for hit in hits]


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    instance = instances.create(tmp_path_factory.mktemp("search") / "data", "https://example.mn/")
    create(instance)
    return publish(
        instance,
        "a",
        [
            *titles(form="Завхан аймгийн төсөв", exact="Завхан аймаг", far="Zavkhan aimag"),
            *titles(other="Завханмандал сум", mixed="Завxан aймаг", hyphen="Дархан-Уул"),
            line(
                "exact", DESCRIPTION, ox.Literal("Завхан аймаг, 24 сум\n“төв”\t\\", language="mn")
            ),
            line("exact", TITLE, ox.Literal("Zavkhan province", language="en")),
            line("plain", LABEL, ox.Literal("аймаг")),
            line("plain", "http://e/secret", ox.Literal("Завхан аймаг")),
        ],
    )


def test_words_as_written_come_before_forms_and_spellings(searched: Snapshot) -> None:
    extract = find(searched, "завхан аймаг", SearchScope(properties=(TITLE,)))
    assert names(extract) == ["exact", "form", "mixed", "far"]
    assert [int(hit.score) for hit in extract] == [2, 1, 0, 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("завханд", {"exact", "form", "far", "mixed"}),
        ('"аймгийн төсөв"', {"form"}),
        ('"төсөв аймгийн"', set()),
        ('"завхан аймгийн"', {"form"}),
        ("завхан* сум", {"exact", "other"}),
        ("сум OR төсөв", {"exact", "other", "form"}),
        ("завхан -төсөв -zavkhan", {"exact", "mixed"}),
        ("дархан уул", {"hyphen"}),
        ("Дархан-Уул", {"hyphen"}),
        ("дарханууланд", {"hyphen"}),
        ("darkhanuul", {"hyphen"}),
        ("-дарханууланд завханмандал", {"other"}),
        ("24", {"exact"}),
        ("«төв»", {"exact"}),
        ("province", {"exact"}),
        ("provinces", {"exact"}),
        ("улс", set()),
    ],
)
def test_what_can_be_asked(searched: Snapshot, text: str, expected: set[str]) -> None:
    assert set(names(find(searched, text))) == expected


def test_a_search_can_be_narrowed(searched: Snapshot) -> None:
    def narrowed(text: str, **scope: object) -> set[str]:
        return set(names(find(searched, text, SearchScope(**scope))))  # type: ignore[arg-type]

    assert narrowed("аймаг", properties=(DESCRIPTION,)) == {"exact"}
    assert narrowed("zavkhan", language="en") == {"exact"}
    assert narrowed("аймаг", language="none") == {"plain"}
    assert narrowed("завхан", subject="http://e/form") == {"form"}
    assert narrowed("завхан", graphs=()) == set()
    assert narrowed("аймаг", graphs=("https://example.mn/graph/a",)) >= {"plain"}
    assert narrowed("аймаг", graphs=("https://example.mn/graph/b",)) == set()


def test_a_thing_is_given_once_with_its_best_literal(searched: Snapshot) -> None:
    by_literal = find(searched, "завхан")
    assert names(by_literal).count("exact") == 3
    by_thing = find(searched, "завхан", SearchScope(per="thing"))
    assert len(names(by_thing)) == len(set(names(by_thing)))
    assert set(names(by_thing)) == set(names(by_literal))
    best = {hit.iri: hit.score for hit in reversed(by_literal)}
    assert {hit.iri: hit.score for hit in by_thing} == best


def test_literals_come_back_as_stated(searched: Snapshot) -> None:
    (hit,) = find(searched, "24")
    assert (hit.value, hit.language, hit.datatype) == (LONG, "mn", "")
    assert (hit.property, hit.graph) == (DESCRIPTION, "")


def test_limits_are_the_searchers_or_said(
    searched: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = find(searched, "завхан")
    assert find(searched, "завхан", limit=3) == every[:3]
    monkeypatch.setattr(finding, "MAX_HITS", 3)
    with pytest.raises(QueryTooLarge, match="more than 3 hits"):
        find(searched, "завхан")
    assert find(searched, "завхан", limit=100) == every


@pytest.mark.parametrize("text", ["", " ", "*", "-аймаг", '""', "OR"])
def test_a_search_without_a_word_is_refused(searched: Snapshot, text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        find(searched, text)


@settings(
    max_examples=parts.examples(12, 100),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(alphabet="аb1\"*-() ORAND:^~'\\%_", max_size=20))
def test_no_text_breaks_the_index(searched: Snapshot, text: str) -> None:
    with suppress(QuerySyntaxError):
        find(searched, text)


def test_a_snapshot_without_an_index_says_so(tmp_path: Path) -> None:
    with pytest.raises(EngineFailure, match="no search index"):
        find(Snapshot(tmp_path / "1"), "завхан")


def test_nothing_searched_changed_means_a_link(instance: Instance) -> None:
    same = titles(**{f"x{n}": "нэг" for n in range(20)})
    first = publish(instance, "a", same)
    with snapshots.lease(first):
        second = publish(instance, "a", [*same, line("x", "http://e/p", ox.Literal("1"))])
        assert second.companion(schema.SUFFIX).samefile(first.companion(schema.SUFFIX))
        third = publish(instance, "a", [*same, line("x", TITLE, ox.Literal("1"))])
        assert not third.companion(schema.SUFFIX).samefile(first.companion(schema.SUFFIX))
    assert problems(instance) == []


def test_an_index_of_another_version_is_made_anew(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(instance, "a", titles(x="нэг", y="хоёр", z="гурав", w="дөрөв", v="тав"))
    monkeypatch.setattr(schema, "VERSION", "next")
    publish(instance, "b", titles(x="зургаа"))
    assert names(find(shown(instance), "нэг")) == ["x"]


def contents(path: Path) -> dict[str, list[object]]:
    """All an index says, without the numbers that depend on how it was made."""
    db = schema.open_published(path)
    queries = {
        "text": "SELECT g.iri, subject, p.iri, language, datatype, value FROM text"
        " JOIN graph g ON g.id = graph JOIN property p ON p.id = property",
        "shape": "SELECT g.iri, subject, property, datatype, value, west, south, east, north"
        " FROM shape JOIN graph g ON g.id = graph",
        "box": "SELECT b.west, b.east, b.south, b.north, value FROM box b JOIN shape USING (id)",
        "link": "SELECT geometry, feature, g.iri FROM link JOIN graph g ON g.id = graph",
    }
    extract: dict[str, list[object]] = {
        k: sorted(db.execute(q), key=repr) for k, q in queries.items()
    }
    db.close()
    return extract


def check_word_index(path: Path) -> None:
    """FTS5 agrees with the texts: each is found by each of its words, and nothing else is there."""
    db = sqlite3.connect(path)
    db.execute("CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, found, instance)")
    listed = {(doc, term) for term, doc in db.execute("SELECT term, doc FROM temp.v")}
    texts = dict(db.execute("SELECT id, value FROM text").fetchall())
    assert listed == {(n, word) for n, value in texts.items() for word in words(value)}
    db.close()


WORDS = st.sampled_from(["Завхан", "аймгийн", "сум", "төсөв", "Khovd", "aймаг", "2024", "хот"])
SHAPES = ["POINT(106.9 47.9)", "POINT(1 2)", "POLYGON((0 0,1 0,1 1,0 0))", "POINT EMPTY"]
WKT = ox.NamedNode(GEO + "wktLiteral")
SUBJECTS = st.sampled_from("abcd")
TEXTS = st.lists(WORDS, min_size=1, max_size=4).map(
    lambda w: ox.Literal(" ".join(w), language="mn")
)
STATED = st.one_of(
    st.tuples(SUBJECTS, st.sampled_from([TITLE, DESCRIPTION, LABEL, "http://e/p"]), TEXTS),
    st.tuples(
        SUBJECTS,
        st.just(GEO + "asWKT"),
        st.sampled_from(SHAPES).map(lambda text: ox.Literal(text, datatype=WKT)),
    ),
    st.tuples(
        SUBJECTS,
        st.just(GEO + "hasGeometry"),
        SUBJECTS.map(lambda name: ox.NamedNode("http://e/" + name)),
    ),
)


def published(instance: Instance, source: str, stated: Iterable[bytes]) -> Staged:
    """A store of which only the ledger's part was made, as the index sees it."""
    size = Ledger(instance).size
    seen = "restricted" if source == "secret" else "public"
    load, validate = log_version(instance, source, sorted(set(stated)), seen)
    ledger = Ledger(instance)
    ledger.append(
        event("Publish", source=source, version=load["version"], load=load["index"],
              validate=validate["index"], files=FORM, approvals=[])
    )  # fmt: skip
    previous = Snapshot(instance.snapshots / str(size)) if size > 1 else None
    return Staged(instance, lambda: instance.staging / "store", list(ledger), previous)


def file_of(staged: Staged) -> Path:
    return Snapshot(staged.instance.snapshots / str(len(staged.events))).companion(schema.SUFFIX)


@settings(
    max_examples=parts.examples(3, 20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.sampled_from(["x", "y", "secret"]), st.lists(STATED, min_size=1)),
        min_size=2,
        max_size=4,
    )
)
def test_following_changes_gives_what_a_fresh_index_says(
    monkeypatch: pytest.MonkeyPatch, loads: list[tuple[str, list[tuple[str, str, ox.Literal]]]]
) -> None:
    monkeypatch.setattr(changes, "_REBUILD_SHARE", 0)  # always follow
    with TemporaryDirectory() as folder:
        instance = instances.create(Path(folder) / "data", "https://example.mn/")
        create(instance)
        for source, stated in loads:
            staged = published(instance, source, [line(*one) for one in stated])
            index.build(staged, file_of(staged))
        afresh = instance.snapshots / "1.search.sqlite"
        index.build(replace(staged, previous=None), afresh)
        assert contents(file_of(staged)) == contents(afresh)
        assert "https://example.mn/graph/secret" not in SearchIndex(afresh).graphs()
        for text in ("завхан", "аймаг сум OR khovd", '"завхан аймгийн"', "тө* -сум", "aimag"):
            with SearchIndex(file_of(staged)) as one, SearchIndex(afresh) as other:
                assert one.find(text) == other.find(text)
        check_word_index(file_of(staged))
        check_word_index(afresh)


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(["", "mn", "mn-mong", "http://e/тип", "http://www.w3.org/2001/XMLSchema#date"]),
)
def test_a_literal_is_read_as_the_engine_reads_it(value: str, kind: str) -> None:
    language, datatype = ("", kind) if ":" in kind else (kind, "")
    stated = (
        ox.Literal(value, datatype=ox.NamedNode(datatype))
        if datatype
        else ox.Literal(value, language=language or None)
    )
    assert [*extract([line("a", TITLE, stated)])] == [
        IndexedText("http://e/a", TITLE, value, language, datatype)
    ]
    assert [*extract([line("a", TITLE, ox.NamedNode("http://e/b"))])] == []


def snippet(value: str, text: str) -> str:
    pieces = Hit("i", "p", value, "mn", "", 1.0).snippet(text)
    return "".join(f"[{piece.text}]" if piece.is_match else piece.text for piece in pieces)


def test_a_snippet_shows_what_was_found() -> None:
    assert snippet("Завхан аймгийн\nтөсөв", "аймаг төсвийн") == "Завхан [аймгийн] [төсөв]"
    assert snippet("Завхан аймгийн төсөв", '"завхан" төс*') == "[Завхан] аймгийн [төсөв]"
    assert snippet("Zavkhan aймаг", "завхан аймаг") == "[Zavkhan] [aймаг]"
    assert snippet("нэг хоёр", "гурав") == "нэг хоёр"
    long = snippet("үг " * 100 + "аймгийн" + " үг" * 100, "аймаг")
    assert long.startswith("… үг ")
    assert long.endswith("үг …")
    assert "[аймгийн]" in long
    assert len(long) < 180


@given(st.text(), st.sampled_from(["а", "a*", '"b"']))
def test_a_snippet_is_made_of_the_text(value: str, text: str) -> None:
    pieces = Hit("i", "p", value, "", "", 1.0).snippet(text)
    assert all(piece.text for piece in pieces)
    shown = "".join(piece.text for piece in pieces).removeprefix("… ").removesuffix(" …")
    assert shown in " ".join(unicodedata.normalize("NFC", value).split()) or "…" in value


def test_an_index_is_closed_by_its_block(searched: Snapshot) -> None:
    with SearchIndex.of(searched) as opened:
        assert opened.graphs() >= {"https://example.mn/graph/a"}
    with pytest.raises(sqlite3.ProgrammingError):
        opened.find("завхан")
