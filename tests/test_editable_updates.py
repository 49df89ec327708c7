"""Updates of editable sources: what they see, what they may change, and what they may cost."""

from __future__ import annotations

import pytest

from graph import snapshots
from graph.archive import Archive
from graph.core import instance as instances
from graph.core.errors import (
    EngineFailure,
    PermissionDenied,
    QuerySyntaxError,
    QueryTimeout,
    QueryUnsupported,
    WriteConflict,
)
from graph.core.instance import Instance
from graph.ledger import Ledger, create
from loaders.editable import sources, updating
from loaders.editable.mentions import mentioned_iris
from loaders.editable.write import WriteLimits, write
from tests.editable import (
    GRAPH,
    LIMITS,
    NOTES,
    TITLE,
    integer,
    last_event,
    line,
    new_write,
    published_lines,
    put,
    update,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An instance with two written sources, for what is refused."""
    made = instances.create(tmp_path_factory.mktemp("two") / "data", "https://example.mn/")
    create(made)
    instances.write_config(made)
    for name in ("notes", "plans"):
        sources.add(made, name, TITLE, visibility="public")
        write(
            made,
            new_write("PUT", f"<http://e/{name}> <http://e/p> 1 .", name, writable=(name,)),
            LIMITS,
        )
    return made


def test_an_update_of_the_named_graph(notes: Instance) -> None:
    put(notes, '<http://e/a> <http://e/p> "1" . <http://e/b> <http://e/p> "2" .')
    text = f'WITH <{NOTES}> DELETE {{ ?s ?p "1" }} INSERT {{ ?s ?p "3" }} WHERE {{ ?s ?p "1" }}'
    done = update(notes, text)
    assert (done.source, done.version) == ("notes", 2)
    assert published_lines(notes) == {line("a", '"3"'), line("b", '"2"')}
    body = last_event(notes, "Fetch")["responses"][0]
    assert body["media_type"] == "application/sparql-update"
    assert Archive(notes.archive).read(body["sha256"]).decode() == text


def test_a_patch_has_the_graph_as_its_default(notes: Instance) -> None:
    put(notes, '<http://e/a> <http://e/p> "1" .')
    patch = 'DELETE { ?s ?p "1" } INSERT { ?s ?p "2" } WHERE { ?s ?p "1" }'
    write(notes, new_write("PATCH", patch), LIMITS)
    assert published_lines(notes) == {line("a", '"2"')}
    with pytest.raises(PermissionDenied, match="changes"):
        write(
            notes,
            new_write("PATCH", f"INSERT DATA {{ GRAPH <{NOTES}> {{ <a:b> <a:b> 1 }} }}"),
            LIMITS,
        )


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <http://e/a> <http://e/p> 1 }",
        f"INSERT DATA {{ GRAPH <{GRAPH}plans> {{ <http://e/a> <http://e/p> 1 }} }}",
        "INSERT DATA { GRAPH <http://else.where/> { <http://e/a> <http://e/p> 1 } }",
        f"INSERT DATA {{ GRAPH <{NOTES}/findings> {{ <http://e/a> <http://e/p> 1 }} }}",
        f"INSERT DATA {{ GRAPH <{GRAPH}provenance> {{ <http://e/a> <http://e/p> 1 }} }}",
        f"MOVE <{GRAPH}plans> TO <{NOTES}>",
        f"COPY <{NOTES}> TO <{GRAPH}plans>",
        f"COPY <{GRAPH}plans> TO DEFAULT",
        f"DELETE WHERE {{ GRAPH <{GRAPH}plans> {{ ?s ?p ?o }} }}",
        "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } VALUES ?g { $plans } }",
        "DROP ALL",
        "CLEAR DEFAULT",
        f"DROP GRAPH <{GRAPH}plans>",
        "DELETE WHERE { ?s ?p ?o }",
    ],
)
def test_no_other_graph_is_changed(two: Instance, text: str) -> None:
    before, size = snapshots.current(two), Ledger(two).size
    with pytest.raises(PermissionDenied):
        update(two, text)
    assert snapshots.current(two) == before
    assert Ledger(two).size == size


UNKNOWN = (
    "{op} <http://e/none> TO $notes",
    "{op} GRAPH <http://e/none> TO GRAPH $notes",
    "{op}#a comment\n<http://e/none>TO$notes",
    "PREFIX g: <http://e/> BASE <http://b/> {op} g:none TO $notes",
    "PREFIX : <http://e/> {op}:none TO $notes",
    f"{{op}} <{GRAPH}drafts> TO $notes",  # a source that has nothing yet
    'INSERT DATA {{ GRAPH $notes {{ <a:b> <a:b> "; COPY " }} }} ; {op} <http://e/none> TO $notes',
)


@pytest.mark.parametrize("text", UNKNOWN)
@pytest.mark.parametrize("form", ["COPY", "MOVE", "add"])
def test_nothing_is_emptied_from_a_graph_that_does_not_exist(
    two: Instance, form: str, text: str
) -> None:
    before = Ledger(two).size
    with pytest.raises(WriteConflict, match="does not exist"):
        update(two, text.format(op=form))
    assert Ledger(two).size == before


@pytest.mark.parametrize("form", ["COPY", "MOVE", "add"])
@pytest.mark.parametrize("text", UNKNOWN[:6])
def test_silent_changes_nothing_either(two: Instance, form: str, text: str) -> None:
    for silent in (f"{form} silent ", f"{form}#\nSILENT"):
        assert update(two, text.format(op=silent)).status == "same"


def test_statements_are_taken_from_a_graph_that_exists(notes: Instance) -> None:
    put(notes, '<http://e/x> <http://e/p> "plan" .', source="plans", writable=("plans",))
    put(notes, '<http://e/a> <http://e/p> "1" .')
    unknown = f"COPY SILENT <http://e/none> TO $notes ; ADD <{GRAPH}plans> TO $notes"
    assert update(notes, unknown).statements == 2
    assert update(notes, f"PREFIX g: <{GRAPH}> COPY g:plans TO g:notes").statements == 1
    made = "INSERT DATA { GRAPH <http://e/n> { <a:b> <a:b> 1 } } ; MOVE <http://e/n> TO $notes"
    assert update(notes, made).statements == 1
    assert published_lines(notes) == {f"<a:b> <a:b> {integer(1)} ."}


def test_a_mistake_beside_them_is_told_where_it_is(two: Instance) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        update(two, f"COPY <{GRAPH}plans> TO $notes ;\nINSERT DATA {{ oops }}")
    assert caught.value.line == 2


def test_one_graph_at_a_time(notes: Instance) -> None:
    both = "INSERT DATA { GRAPH $notes { <a:b> <a:b> 1 } GRAPH $plans { <a:b> <a:b> 1 } }"
    with pytest.raises(PermissionDenied, match="2 graphs"):
        update(notes, both, writable=("notes", "plans"))
    done = update(
        notes,
        f"INSERT DATA {{ GRAPH <{GRAPH}plans> {{ <a:b> <a:b> 1 }} }}",
        writable=("notes", "plans"),
    )
    assert done.source == "plans"


def test_where_sees_what_the_update_names(notes: Instance) -> None:
    put(notes, '<http://e/x> <http://e/p> "plan" .', source="plans", writable=("plans",))
    copy = "INSERT { GRAPH $notes { ?s ?p ?o } } WHERE { GRAPH %s { ?s ?p ?o } }"
    assert update(notes, f"PREFIX g: <{GRAPH}> " + copy % "g:plans").statements == 1
    assert published_lines(notes) == {line("x", '"plan"')}
    assert update(notes, "WITH $notes DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }").tag == ""
    union = "INSERT { GRAPH $notes { ?s ?p ?o } } WHERE { ?s ?p ?o VALUES ?g { $plans } }"
    assert update(notes, union).statements == 1
    with pytest.raises(QueryUnsupported, match="cannot read"):
        update(notes, copy % f"<{GRAPH}void>")
    version = "GRAPH $provenance { ?s <http://www.w3.org/ns/dcat#version> ?o }"
    told = f"INSERT {{ GRAPH $notes {{ ?s <a:b> ?o }} }} WHERE {{ {version} }}"
    assert update(notes, told).statements > 1


def test_what_is_restricted_is_not_read_by_an_update_without_the_right(notes: Instance) -> None:
    sources.add(notes, "drafts", TITLE, visibility="restricted")
    put(notes, '<http://e/s> <http://e/p> "secret" .', source="drafts", writable=("drafts",))
    steal = "INSERT { GRAPH $notes { ?s ?p ?o } } WHERE { %s }"
    for where in (
        "GRAPH $drafts { ?s ?p ?o }",
        "GRAPH ?g { ?s ?p ?o } VALUES ?g { $drafts }",
        "?s ?p ?o FILTER EXISTS { GRAPH $drafts { ?s ?p ?o } }",
    ):
        assert update(notes, steal % where).status == "same"
    assert update(notes, "COPY SILENT $drafts TO $notes").status == "same"
    assert "secret" not in "".join(published_lines(notes, None))
    first = steal % "GRAPH $drafts { ?s ?p ?o }"
    assert update(notes, first, readable=("drafts",)).statements == 1


def test_an_update_that_takes_too_long_or_too_much_is_ended(two: Instance) -> None:
    values = " ".join(f"VALUES ?{n} {{ {'1 ' * 300} }}" for n in "abcd")
    size = Ledger(two).size
    counted = f"SELECT (COUNT(*) AS ?n) {{ {values} }}"
    slow = f"INSERT {{ GRAPH <{NOTES}> {{ <a:b> <a:b> ?n }} }} WHERE {{ {counted} }}"
    with pytest.raises(QueryTimeout):
        write(two, new_write("UPDATE", slow), WriteLimits(timeout=0.7))
    many = f"{values} BIND(UUID() AS ?s)"
    big = f"INSERT {{ GRAPH <{NOTES}> {{ ?s <a:b> ?a, ?b, ?c }} }} WHERE {{ {many} }}"
    with pytest.raises(EngineFailure):
        write(two, new_write("UPDATE", big), WriteLimits(timeout=60, memory=64 << 20))
    assert Ledger(two).size == size


def test_a_graph_that_is_there_or_not_is_a_conflict(two: Instance) -> None:
    with pytest.raises(WriteConflict):
        update(two, f"CREATE GRAPH <{NOTES}>")
    with pytest.raises(WriteConflict):
        update(two, "DROP GRAPH <http://e/unknown>")
    assert update(two, f"CREATE SILENT GRAPH <{NOTES}>").status == "same"


def test_mentions_are_read_as_the_engine_reads_them() -> None:
    text = r"""PREFIX g: <http://e/g/> PREFIX : <g/> BASE <http://b/>
        INSERT { GRAPH g:a\-b { <x> :y 'http://e/not' } } WHERE { GRAPH <\u0061> {} # <http://e/no>
        GRAPH g: {} }"""
    found = mentioned_iris(text, "http://e/")
    assert {"http://e/g/a-b", "http://b/x", "http://b/a", "http://e/g/y", "http://e/g/"} <= found
    assert not {"http://e/not", "http://e/no"} & found


def test_the_update_process_tells_lines_as_they_are_kept() -> None:
    graphs = {"http://g": [b'<http://e/a> <http://e/p> "\\n\\"x" .']}
    wanted = updating.Update(
        "INSERT DATA { GRAPH <http://g> { <http://e/b> <http://e/p> 01 } }",
        "http://base/",
        graphs,
        frozenset(graphs),
    )
    found = updating.run(wanted, timeout=20, memory=1 << 30)
    assert found.graph == "http://g"
    assert found.lines == [*graphs["http://g"], line("b", integer(1)).encode()]
