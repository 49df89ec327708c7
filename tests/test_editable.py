"""Editable sources: every write is a load; what breaks a rule changes nothing."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import snapshots
from graph.archive import Archive
from graph.audit.verify import verify
from graph.core.errors import (
    BusyError,
    ConfigError,
    InputError,
    PermissionDenied,
    PreconditionFailed,
    QuerySyntaxError,
    QueryTimeout,
    RulesBroken,
)
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.publication.publish import Publisher
from graph.publication.writer_lock import hold_writer_lock
from graph.statements import layer, rowmap
from graph.versions.state import state
from loaders.editable import process, sources
from loaders.editable.change import Body
from loaders.editable.write import WriteLimits, WriteRequest, write
from loaders.pipeline.load import load
from server.cli import main
from tests import parts
from tests.editable import (
    BROKEN,
    GRAPH,
    LIMITS,
    NOTES,
    TITLE,
    events,
    integer,
    last_event,
    line,
    new_write,
    published_lines,
    put,
    update,
)

pytestmark = pytest.mark.slow


def test_a_put_is_a_load(notes: Instance) -> None:
    done = put(notes, '<http://e/a> <http://e/p> "1", 007 .')
    assert (done.status, done.version, done.created) == ("published", 1, True)
    assert published_lines(notes) == {line("a", '"1"'), line("a", integer(7))}
    assert events(notes) == ["Fetch", "Load", "Validate", "Publish"]
    [response] = last_event(notes, "Fetch")["responses"]
    assert (response["agent"], response["method"]) == ("office", "PUT")
    body = Archive(notes.archive).read(response["sha256"])
    assert body == b'<http://e/a> <http://e/p> "1", 007 .'
    assert last_event(notes, "Load")["captures"] == [response["sha256"]]
    assert done.snapshot == Ledger(notes).size
    assert list(verify(notes)) == []


def test_put_replaces_post_adds_delete_empties(notes: Instance) -> None:
    put(notes, '<http://e/a> <http://e/p> "1" .')
    assert put(notes, '<http://e/b> <http://e/p> "2" .').created is False
    assert published_lines(notes) == {line("b", '"2"')}
    write(notes, new_write("POST", '<http://e/a> <http://e/p> "1" .'), LIMITS)
    assert published_lines(notes) == {line("a", '"1"'), line("b", '"2"')}
    done = write(notes, new_write("DELETE"), LIMITS)
    assert (done.status, done.version, done.tag) == ("published", 4, "")
    assert published_lines(notes) == set()
    assert NOTES not in {g for g in published_lines(notes, None) if g.startswith("<http://e/")}
    assert put(notes, "").status == "same"
    assert put(notes, '<http://e/a> <http://e/p> "1" .').created is True
    assert list(verify(notes)) == []


def test_a_write_that_changes_nothing_makes_no_version(notes: Instance) -> None:
    first = put(notes, '<http://e/a> <http://e/p> "1" .')
    for request in (
        new_write("PUT", '<http://e/a>   <http://e/p> "1" .'),
        new_write("POST", '<http://e/a> <http://e/p> "1" .'),
        new_write("UPDATE", f"DELETE DATA {{ GRAPH <{NOTES}> {{ <http://e/x> <http://e/p> 1 }} }}"),
        new_write("PATCH", "DELETE WHERE { <http://e/x> ?p ?o }"),
    ):
        done = write(notes, request, LIMITS)
        assert done.status == "same"
        assert snapshots.current(notes).number == first.snapshot  # type: ignore[union-attr]
    assert events(notes).count("Publish") == 1


def test_blank_nodes_get_names(notes: Instance) -> None:
    put(notes, "<http://e/a> <http://e/p> [ <http://e/q> 1 ] .")
    assert all("_:" not in text for text in published_lines(notes))
    assert len(published_lines(notes)) == 2
    update(notes, f"INSERT DATA {{ GRAPH <{NOTES}> {{ <http://e/a> <http://e/r> [ <a:b> 2 ] }} }}")
    assert len(published_lines(notes)) == 4
    with pytest.raises(InputError, match="used twice"):
        put(
            notes,
            "<http://e/a> <http://e/p> _:b . <http://e/c> <http://e/p> _:b . _:b <http://e/p> 1 .",
        )
    assert len(published_lines(notes)) == 4
    assert events(notes)[-1] == "Quarantine"


def test_a_violation_refuses_the_whole_write_and_says_why(notes: Instance) -> None:
    put(notes, '<http://e/a> <http://e/p> "1" .')
    with pytest.raises(RulesBroken) as caught:
        write(notes, new_write("POST", BROKEN), LIMITS)
    results = caught.value.results
    assert {r["severity"] for r in results} == {"Violation"}
    assert any(r["focus"] == "http://e/d" for r in results)
    assert all(r["messages"].keys() == {"mn", "en"} for r in results)
    assert "99112233" not in json.dumps(results)
    assert published_lines(notes) == {line("a", '"1"')}
    assert events(notes)[-2:] == ["Fetch", "Quarantine"]
    assert last_event(notes, "Quarantine")["report"] == caught.value.report
    assert "99112233" not in last_event(notes, "Quarantine")["reason"]
    assert list(verify(notes)) == []


def test_what_cannot_be_read_is_refused_before_it_counts(notes: Instance) -> None:
    with pytest.raises(InputError) as caught:
        put(notes, "<http://e/a> <http://e/p> 1 .\n<http://e/b> oops")
    assert "line 2" in caught.value.where
    with pytest.raises(QuerySyntaxError) as wrong:
        update(notes, "INSERT DATA {\n <http://e/a> oops }")
    assert wrong.value.line == 2
    assert events(notes) == []


# --- who wrote which statement ---


def origins(instance: Instance) -> Mapping[str, set[str]]:
    """The methods of the writes that each statement came from."""
    archive, load = Archive(instance.archive), state(list(Ledger(instance)))["notes"]
    methods = {
        r["sha256"]: r["method"]
        for e in Ledger(instance)
        if e["type"] == "Fetch"
        for r in e["responses"]
    }
    stated = load["layers"]["stated"]
    lines = [text.decode() for text in layer.read(archive, stated["lines"])]
    found = rowmap.origins_of(archive, stated["rows"], range(len(lines)))
    return {
        text: {f"{methods[o.capture]} {o.locator}" for o in froms}
        for text, froms in zip(lines, found, strict=True)
    }


def test_every_statement_keeps_the_write_it_came_from(notes: Instance) -> None:
    put(notes, '<http://e/a> <http://e/p> "1" . <http://e/b> <http://e/p> "2" .')
    write(
        notes,
        new_write("POST", '<http://e/c> <http://e/p> "3" . <http://e/b> <http://e/p> "2" .'),
        LIMITS,
    )
    text = f'WITH <{NOTES}> DELETE {{ ?s ?p "3" }} INSERT {{ ?s ?p "4" }} WHERE {{ ?s ?p "3" }}'
    update(notes, text)
    assert origins(notes) == {
        line("a", '"1"'): {"PUT iri=http://e/a"},
        line("b", '"2"'): {"PUT iri=http://e/b", "POST iri=http://e/b"},
        line("c", '"4"'): {"UPDATE iri=http://e/c"},
    }


# --- two who write ---


def test_conditions(notes: Instance) -> None:
    first = put(notes, "<http://e/a> <http://e/p> 1 .", if_none_match=("*",))
    with pytest.raises(PreconditionFailed, match="If-None-Match"):
        put(notes, "<http://e/a> <http://e/p> 2 .", if_none_match=("*",))
    second = put(notes, "<http://e/a> <http://e/p> 2 .", if_match=(first.tag,))
    with pytest.raises(PreconditionFailed, match="If-Match"):
        put(notes, "<http://e/a> <http://e/p> 3 .", if_match=(first.tag,))
    put(notes, "<http://e/a> <http://e/p> 4 .", if_match=("other", second.tag))
    put(notes, "<http://e/a> <http://e/p> 5 .", if_match=("*",))
    write(notes, new_write("DELETE"), LIMITS)
    with pytest.raises(PreconditionFailed):
        put(notes, "<http://e/a> <http://e/p> 6 .", if_match=("*",))


def test_a_busy_instance_says_so_after_a_bounded_wait(notes: Instance) -> None:
    with hold_writer_lock(notes, "a load"), pytest.raises(BusyError):
        process.run(notes, new_write("PUT", "<http://e/a> <http://e/p> 1 ."), WriteLimits(wait=0.2))


def test_a_write_in_a_process_of_its_own(notes: Instance) -> None:
    done = process.run(notes, new_write("PUT", '<http://e/a> <http://e/p> "Өлзий"@mn .'), LIMITS)
    assert (done.status, done.version) == ("published", 1)
    parts = ((b"<http://e/b> <http://e/p> 1 .", "text/turtle"), (b"", "text/turtle"))
    body = Body(b"the whole", "multipart/form-data", NOTES, parts)
    request = WriteRequest(
        method="POST", source="notes", agent="office", url=NOTES, body=body, writable=("notes",)
    )
    assert process.run(notes, request, LIMITS).statements == 2
    with pytest.raises(RulesBroken) as caught:
        process.run(notes, new_write("PUT", BROKEN), LIMITS)
    assert caught.value.results
    with pytest.raises(QuerySyntaxError) as wrong:
        process.run(notes, new_write("UPDATE", "oops"), LIMITS)
    assert wrong.value.line == 1


@pytest.mark.parametrize("seconds", parts.each(3, [0.4, 0.8, 1.2]))
def test_a_write_that_is_killed_is_cleared_up_by_the_next(
    notes: Instance, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(process, "MAX_SECONDS", seconds)
    with contextlib.suppress(QueryTimeout):
        process.run(notes, new_write("PUT", "<http://e/a> <http://e/p> 1 ."), LIMITS)
    put(notes, "<http://e/a> <http://e/p> 2 .")
    assert published_lines(notes) == {line("a", integer(2))}
    assert list(verify(notes)) == []


@pytest.mark.parametrize("published", [0, 1])
def test_a_version_that_was_logged_and_not_published_is_no_fault(
    notes: Instance, monkeypatch: pytest.MonkeyPatch, published: int
) -> None:
    """As when a write is killed between the two: the next follows on what was published."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for number in range(published):
        put(notes, f"<http://e/a> <http://e/p> {number} .")
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Publisher, "publish", killed)
        put(notes, "<http://e/lost> <http://e/p> 8 .")
    put(notes, "<http://e/a> <http://e/p> 9 .")
    assert events(notes).count("Load") == published + 2
    assert events(notes).count("Publish") == published + 1
    assert list(verify(notes)) == []


def test_only_what_the_token_allows(notes: Instance) -> None:
    with pytest.raises(PermissionDenied):
        put(notes, "<http://e/a> <http://e/p> 1 .", source="plans")
    with pytest.raises(PermissionDenied):
        put(notes, "<http://e/a> <http://e/p> 1 .", source="law", writable=("law",))


numbers = st.sets(st.integers(0, 4))
STEPS = ("PUT", "POST", "DELETE", "INSERT", "TAKE")


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(STEPS), numbers), min_size=1, max_size=4))
def test_writes_do_what_the_standard_says(
    notes: Instance, steps: list[tuple[str, set[int]]]
) -> None:
    write(notes, new_write("DELETE"), LIMITS)
    model: set[int] = set()
    for method, found in steps:
        data = " ".join(f"<http://e/{n}> <http://e/p> {n} ." for n in sorted(found))
        if method in {"INSERT", "TAKE"}:
            word = "INSERT" if method == "INSERT" else "DELETE"
            update(notes, f"{word} DATA {{ GRAPH <{NOTES}> {{ {data} }} }}")
        else:
            write(notes, new_write(method, data), LIMITS)
        model = {
            "PUT": found,
            "POST": model | found,
            "DELETE": set[int](),
            "INSERT": model | found,
            "TAKE": model - found,
        }[method]
        if snapshots.current(notes):
            assert published_lines(notes) == {line(str(n), integer(n)) for n in model}
    assert list(verify(notes)) == []


# --- descriptions ---


def run(instance: Instance, *arguments: str) -> str:
    return CliRunner().invoke(main, ["--data", str(instance.root), *arguments]).output


def test_a_source_is_described_by_a_command(instance: Instance) -> None:
    titles = ["--title-mn", "Тэмдэглэл", "--title-en", "Notes"]
    found = json.loads(run(instance, "sources", "add", "my-notes", "--editable", *titles, "--json"))
    assert found["graph"] == GRAPH + "my-notes"
    [made] = sources.editable(instance).values()
    assert (made.id, made.title["mn"], made.visibility) == ("my-notes", "Тэмдэглэл", "public")
    assert "my-notes" in run(instance, "sources")
    assert "over HTTP" in run(instance, "load", "my-notes")
    for taken in ("my-notes", "law", "provenance", "quality", "vocab-x", "Ab", "../x"):
        with pytest.raises(ConfigError):
            sources.add(instance, taken, TITLE, visibility="public")
    assert "--editable" in run(instance, "sources", "add", "x")


def test_an_editable_source_is_not_fetched(notes: Instance) -> None:
    with pytest.raises(ConfigError, match="over HTTP"):
        load(notes, sources.editable(notes)["notes"])
