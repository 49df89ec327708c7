"""Findings that loaders report: one for each dataset and kind, with count and words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph import snapshots
from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.statements import layer, rowmap
from graph.store.embedded import EmbeddedStore
from loaders.descriptions.loader_names import LOADERS
from loaders.pipeline import source as sources
from loaders.pipeline.load import load
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Mapped, Record, Rejected, Statement
from loaders.pipeline.source import Source, read
from shapes.loading import kinds
from vocab.namespaces import DCT

RULE = "https://w3id.org/ulzii/rule/"
DATASET = "https://example.org/dataset/"


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """One record per line: `name word word …`."""
    for capture in captures:
        for number, text in enumerate(capture.data.decode().splitlines(), 1):
            yield Record(capture, f"line={number}", "line", {"words": text.split()})


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """A title, and a finding for each word with a hyphen; `reject` rejects."""
    name, *words = record.data["words"]
    subject = ox.NamedNode(DATASET + name)
    for word in words:
        found = LoadFinding("iri-mended", subject, record.location, detail=word)
        if word == "reject":
            raise Rejected("as it says", replace(found, kind="cell-rejected"))
        if "-" in word:
            yield found
    yield Statement(subject, DCT.title, ox.Literal(name, language="mn"), "title")


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A source read by the loader above."""
    monkeypatch.setitem(LOADERS, "lines", __name__)
    path = tmp_path / "lines.toml"
    path.write_text(
        'id = "lines"\nloader = "lines"\nfiles = ["lines.txt"]\nmedia_type = "text/plain"\n'
        "reject_limit = 0.5\n"
        '[title]\nmn = "Мөр"\nen = "Lines"\n'
    )
    return read(path)


def write(source: Source, *lines: str) -> None:
    source.path.with_name("lines.txt").write_text("\n".join(lines))


def properties(instance: Instance, finding: str) -> dict[str, set[str]]:
    """Property → values of a finding in the published findings layer."""
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    text = b"\n".join(store.lines(instance.names.graph("lines", "findings")))
    store.close()
    found: dict[str, set[str]] = {}
    for triple in ox.parse(text, ox.RdfFormat.N_TRIPLES):
        if triple.subject.value == finding:
            found.setdefault(re.split("[/#]", triple.predicate.value)[-1], set()).add(
                triple.object.value
            )
    return found


@pytest.mark.slow
def test_one_finding_for_each_dataset_and_kind(instance: Instance, listed: Source) -> None:
    write(listed, "a x-1", "b y", "a x-2 x-3", "c", "d reject")
    load(instance, listed)
    link = f"""<{DATASET}a> <http://www.w3.org/ns/dqv#hasQualityAnnotation> """
    event = Ledger(instance).last("Load", "lines")
    assert event is not None
    lines = list(layer.read(Archive(instance.archive), event["layers"]["findings"]["lines"]))
    (found,) = [text.decode() for text in lines if text.startswith(link.encode())]
    finding = found.split()[2][1:-1]
    said = properties(instance, finding)
    assert said["rule"] == {RULE + "iri-mended/1"}
    assert (said["occurrences"], said["firstOccurrence"]) == ({"3"}, {"lines.txt#line=1: x-1"})
    assert said["about"] == said["hasTarget"] == {DATASET + "a"}
    assert said["comment"] == set(kinds.kind("iri-mended").messages.values())
    number = next(i for i, text in enumerate(lines) if text.startswith(f"<{finding}>".encode()))
    rows = event["layers"]["findings"]["rows"]
    ((origin,),) = rowmap.origins_of(Archive(instance.archive), rows, [number])
    assert (origin.capture, origin.locator) == (event["captures"][0], "line=1")
    assert f"{RULE}cell-rejected/1".encode() in b"".join(lines), "what is rejected leaves a finding"


@pytest.mark.slow
def test_a_place_that_moved_makes_no_version(instance: Instance, listed: Source) -> None:
    write(listed, "a x-1", "b y")
    load(instance, listed)
    write(listed, "b y", "a x-1")
    assert load(instance, listed).status == "same"
    write(listed, "b y", "a x-1 x-2")
    assert load(instance, listed).status == "published"


def test_every_kind_is_worded_in_both_languages_and_has_an_address() -> None:
    assert kinds.kinds()
    for name, rule in kinds.kinds().items():
        assert rule.rule == f"{RULE}{name}/1"
        assert set(rule.labels) == set(rule.messages) == {"mn", "en"}
        assert re.search("[а-яөү]", rule.messages["mn"])
        assert not re.search("[а-яөү]", rule.messages["en"])
        assert rule.severity in {"Warning", "Info"}
        assert rule.dimension.startswith("https://www.w3.org/2016/05/ldqd#")
    published = sources.read(sources.BUNDLED / "rules.toml")
    files = {p.resolve() for f in published.files for p in published.path.parent.glob(f)}
    assert kinds.FILE in files


def test_a_kind_without_words_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"“nothing”: add it to kinds\.ttl"):
        kinds.kind("nothing")


def test_the_code_names_only_kinds_with_words() -> None:
    """Each `LoadFinding("kind", …)` in the loaders."""
    text = "".join(
        p.read_text("utf-8") for p in (Path(__file__).parents[1] / "loaders").rglob("*.py")
    )
    assert set(re.findall(r'(?:LoadFinding|ReadProblem)\(\s*"([a-z-]+)"', text)) <= {*kinds.kinds()}
