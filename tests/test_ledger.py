"""The ledger: RFC 6962 hashes, C2SP notes, and what happens to it in a crash."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from graph.archive import Archive
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Ledger, event, events, faults, merkle, of_kinds
from graph.ledger.merkle import EMPTY, Frontier, leaf_hash, node_hash, tree_root
from graph.ledger.note import Checkpoint, Signer, Verifier

# the eight leaves of the reference implementation of Certificate Transparency
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def split_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1 word for word: split at the largest power of two below n."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(split_root(leaves[:k]), split_root(leaves[k:]))


def test_root_of_the_reference_leaves() -> None:
    assert tree_root(CT_LEAVES).hex() == CT_ROOT


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_frontier_gives_the_root_the_rfc_defines(leaves: list[bytes]) -> None:
    tree = Frontier()
    for count, leaf in enumerate(leaves, 1):
        tree.append(leaf)
        assert tree.root == split_root(leaves[:count])


@given(st.lists(st.binary(max_size=8), max_size=40), st.integers(0, 40), st.integers(1, 9))
def test_leaves_that_are_appended_together_give_the_same_root(
    leaves: list[bytes], first: int, together: int
) -> None:
    tree = Frontier(leaves[:first])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merkle, "_MANY", together)
        tree.extend(leaves[first:])
    assert (tree.root, tree.size) == (split_root(leaves), len(leaves))
    tree.append(b"")
    assert tree.root == split_root([*leaves, b""])


json_values = st.recursive(
    st.text() | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.from_regex(r"[a-z_0-9]{1,8}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), json_values, max_size=4))
def test_events_are_written_as_rfc_8785_says(item: dict[str, object]) -> None:
    assert events.encode(item) == rfc8785.dumps(item)  # type: ignore[arg-type]


def test_an_event_with_other_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="verifier"):
        event("Key", action="add")


def test_a_note_is_good_only_as_it_was_signed() -> None:
    signer = Signer.generate(lambda _: "example.mn/log")
    note = signer.sign(Checkpoint("example.mn/log", 7, b"\x01" * 32).text())
    assert Checkpoint.parse(signer.verifier.check(note)).size == 7
    for forged in (
        note.replace("\n7\n", "\n8\n"),
        note.replace("AQEB", "AQEC", 1),
        note[:-9] + "\n",
    ):
        with pytest.raises(IntegrityError):
            signer.verifier.check(forged)


def test_a_verifier_key_reads_back() -> None:
    verifier = Signer.generate(lambda _: "example.mn/log").verifier
    assert Verifier.parse(str(verifier)) == verifier


def test_the_key_is_for_the_owner_only_and_shows_nowhere(instance: Instance) -> None:
    key = instance.keys / "ledger.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    secret = key.read_bytes().splitlines()[1]
    others = [p for p in instance.root.rglob("*") if p.is_file() and p != key]
    assert others
    assert not any(secret in p.read_bytes() for p in others)
    assert secret.decode() not in repr(Signer.from_pem("x", key.read_bytes()))


def test_appending_gives_index_and_time_and_a_checkpoint(instance: Instance) -> None:
    ledger = Ledger(instance)
    (written,) = ledger.append(event("Key", action="add", verifier="x"))
    assert written["index"] == 1
    assert written["at"].endswith("+08:00")
    again = Ledger(instance)
    assert (again.size, again.root) == (2, ledger.checkpoint().root)


def entries(instance: Instance) -> Path:
    return instance.ledger / "entries.ndjson"


def test_a_changed_line_is_named(instance: Instance) -> None:
    path = entries(instance)
    path.write_bytes(path.read_bytes().replace(b'"add"', b'"bad"'))
    what = r'log/0 \(Key\): the line was changed after it was signed: action was "add", is "bad"'
    with pytest.raises(IntegrityError, match=what):
        Ledger(instance)


def test_a_missing_line_is_named(instance: Instance) -> None:
    Ledger(instance).append(event("Key", action="add", verifier="x"))
    first = entries(instance).read_bytes().splitlines(keepends=True)[0]
    entries(instance).write_bytes(first)
    with pytest.raises(IntegrityError, match="1 signed lines are missing"):
        Ledger(instance)


def test_blobs_are_named_on_disk_before_they_are_announced(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut keeps what was synced only: first the blobs, then what refers to them."""
    ledger, archive = Ledger(instance), Archive(instance.archive)
    digests = [archive.put(text) for text in (b"a", b"b")]
    synced: list[Path] = []
    sync = os.fsync

    def recorded(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())
        sync(handle)

    monkeypatch.setattr(os, "fsync", recorded)
    ledger.append(event("Code", kind="mapping", name="x", digest=digests[0], files={}))
    announced = synced.index(instance.ledger / "next.new")
    assert synced[:announced] == [archive.incoming]
    assert archive.path(digests[0]).parent in synced[announced:]
    ledger.append(event("Code", kind="mapping", name="y", digest=digests[1], files={}))
    assert synced.count(archive.incoming) == 2
    synced.clear()
    ledger.append(event("Fetch", source="x", outcome="failed", manifest=digests[0], responses=[]))
    assert archive.incoming not in synced  # no blob is new


SIGNING_KEYS: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "garbage": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    "of another log": Signer.generate(lambda _: "example.mn/log/00000000").pem(),
}


@pytest.mark.parametrize("name", SIGNING_KEYS)
def test_a_wrong_signing_key_announces_nothing(instance: Instance, name: str) -> None:
    path, data = instance.keys / "ledger.pem", SIGNING_KEYS[name]
    right = path.read_bytes()
    path.unlink() if data is None else path.write_bytes(data)
    with pytest.raises(IntegrityError, match="signing key") as caught:
        Ledger(instance).append(event("Key", action="add", verifier="x"))
    assert caught.value.where == str(path)
    assert not (instance.ledger / "next").exists()  # only the other key could finish it
    path.write_bytes(right)
    Ledger(instance).append(event("Key", action="add", verifier="x"))


def test_a_line_that_could_not_be_served_is_refused(instance: Instance) -> None:
    ledger = Ledger(instance)
    with pytest.raises(IntegrityError, match="60,000"):
        ledger.append(event("Key", action="add", verifier="x" * events.MAX_LINE))
    assert Ledger(instance).size == 1
    assert not (instance.ledger / "next").exists()
    ledger.append(event("Key", action="add", verifier="x" * 59_000))
    assert len(ledger.line(1)) <= events.MAX_LINE


def some_events(instance: Instance) -> list[dict[str, object]]:
    nothing = Archive(instance.archive).put(b"[]")
    return [
        event("Key", action="add", verifier="x"),
        event(
            "Fetch", source="a", outcome="same", manifest=nothing, responses=[{"name": "source"}]
        ),
        event("Fetch", source="b", outcome="same", manifest=nothing, counts={"responses": 1}),
        event(
            "Fetch",
            source="a",
            outcome="changed",
            manifest=nothing,
            # members of the same names, deeper, and text that looks like them
            responses=[{"at": "x", "headers": {"source": "c", "type": "Publish"}, "version": 9}],
        ),
        event(
            "Quarantine",
            source="a",
            fetch=1,
            report=nothing,
            reason='"source":"z","type":"Publish"}',
        ),
        event(
            "Code",
            kind="source",
            name="a",
            digest=nothing,
            files={"source": nothing, "type": nothing},
        ),
        event("Publish", source="a", version=7, load=1, validate=2, files="1", approvals=[]),
        {"type": "Later", "source": "b", "version": 3, "zoo": {"type": "Publish"}},
        {"type": "Odd", "source": 3, "version": "x"},
    ]


def test_the_table_of_events_says_what_parsing_them_says(instance: Instance) -> None:
    ledger = Ledger(instance)
    ledger.append(*some_events(instance))
    for read in (ledger, Ledger(instance)):
        parsed = [json.loads(line) for line in read.lines()]
        assert list(read) == parsed
        assert [read.line(n) for n in range(read.size)] == read.lines()
        assert [read.leaf_hash(n) for n in range(read.size)] == [*map(leaf_hash, read.lines())]
        for item in parsed:
            facts = read.facts(item["index"])
            assert (facts.kind, facts.at) == (item["type"], item["at"])
            assert facts.source == str(item.get("source", ""))
            version = item.get("version", 0)
            assert facts.version == (version if isinstance(version, int) else 0)
        for kind in ("", "Fetch", "Publish", "Quarantine", "None"):
            for source in ("", "a", "b", "c"):
                expected = [
                    item
                    for item in parsed
                    if kind in {"", item["type"]} and source in {"", item.get("source")}
                ]
                assert list(read.find(kind, source)) == expected
                assert read.last(kind, source) == (expected or [None])[-1]
        assert [item["version"] for item in read.find(version=7)] == [7]
        assert list(read.prefix(4).of_kinds("Fetch", "Key")) == parsed[:4]
        assert list(of_kinds(parsed, "Fetch", "Key")) == list(read.events.of_kinds("Fetch", "Key"))
        assert list(reversed(read.events)) == parsed[::-1]
        assert read.events[2:5] == parsed[2:5]
        assert list(read.events[:3]) == parsed[:3]
        assert read.event(-1) == parsed[-1]
        for outside in (read.event, read.line, read.leaf_hash, read.facts):
            with pytest.raises(IndexError):
                outside(read.size)


def test_events_are_parsed_when_they_are_asked_for(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ledger(instance).append(*some_events(instance))
    decoded = list[bytes]()

    def counting(line: bytes) -> events.Event:
        decoded.append(line)
        item: events.Event = json.loads(line)
        return item

    monkeypatch.setattr(events, "decode", counting)
    ledger = Ledger(instance)
    assert len(decoded) <= 4  # log/0, and the lines of an unusual form
    decoded.clear()
    assert ledger.last("Publish", "a") == ledger.last("Publish", "a")
    assert len(decoded) == 1


def test_a_line_that_is_changed_after_it_was_read_is_not_believed(instance: Instance) -> None:
    Ledger(instance).append(*some_events(instance))
    ledger = Ledger(instance)
    path = entries(instance)
    path.write_bytes(path.read_bytes().replace(b'"version":7', b'"version":8'))
    with pytest.raises(IntegrityError, match="line 8"):
        ledger.last("Publish", "a")
    with pytest.raises(IntegrityError, match="line 8"):
        list(ledger)


def test_a_changed_line_is_named_with_what_differs(instance: Instance) -> None:
    """By the copy in `cache/`, which is believed only where it leads to the signed root."""
    ledger = Ledger(instance)
    for name in ("x", "y"):
        ledger.append(event("Code", kind="shapes", name=name, digest="0" * 64, files={}))
    entries, kept = ledger.path, instance.cache / faults.COPY
    signed = entries.read_bytes()
    assert kept.read_bytes() == signed
    number = ledger.size - 1
    entries.write_bytes(signed.replace(b'"name":"x"', b'"name":"z"'))
    message = rf'log/{number - 1} \(Code\): .*: name was "x", is "z"'
    with pytest.raises(IntegrityError, match=message) as refused:
        Ledger(instance)
    assert refused.value.where == f"{entries} line {number}"
    kept.write_bytes(entries.read_bytes())  # of another root too: nobody believes it
    with pytest.raises(IntegrityError, match="which ones is not known") as refused:
        Ledger(instance)
    assert "the ledger of a backup, line by line" in refused.value.hint
    entries.write_bytes(signed)
    Ledger(instance).append(event("Code", kind="shapes", name="w", digest="0" * 64, files={}))
    assert kept.read_bytes().count(b"\n") == number + 2
