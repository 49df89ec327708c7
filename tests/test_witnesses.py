"""Witnesses: they are asked, verified, shown, and never waited for."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from graph.audit.verify import verify
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Ledger, event
from graph.ledger.note import Signer, split
from graph.publication.writer_session import writer_session
from graph.queries import Pool
from graph.transparency import asking, signed_log, witnesses
from graph.transparency.asking import COSIGNED, REFUSED, UNREACHABLE
from graph.transparency.proofs import InclusionProof
from graph.transparency.witnesses import Witness
from server.app import create_app
from server.cli import main
from tests.auditors import Auditor, serving


def add_event(instance: Instance, name: str = "x") -> None:
    Ledger(instance).append(event("Code", kind="shapes", name=name, digest="0" * 64, files={}))


@pytest.fixture
def office(instance: Instance) -> Iterator[Auditor]:
    """A witness that knows the log and is known to it."""
    verifier = Ledger(instance).verifier()
    with serving(Auditor(logs={verifier.name: verifier})) as auditor:
        witnesses.write(instance, [Witness(auditor.vkey, auditor.url)])
        yield auditor


def ask(instance: Instance) -> witnesses.Answer:
    (answer,) = asking.ask_all(instance).values()
    return answer


def test_a_witness_cosigns_the_first_checkpoint_and_growth(
    instance: Instance, office: Auditor
) -> None:
    assert ask(instance).outcome == COSIGNED
    for size in range(2, 9):
        add_event(instance)
        assert (ask(instance).outcome, ask(instance).size) == (COSIGNED, size)
    log = signed_log.read(instance)
    note = witnesses.cosigned(instance, log)
    assert note.startswith(log.note)
    assert log.verifier.check(note) == log.checkpoint.text()
    (found,) = witnesses.cosignatures(instance, log.checkpoint.text()).values()
    assert (found.time, found.line) == (office.time, note.removeprefix(log.note))


def test_what_a_witness_knows_already_is_learnt_from_its_answer(
    instance: Instance, office: Auditor
) -> None:
    ask(instance)
    (one,) = witnesses.read(instance)
    witnesses.forget(instance, one)  # as after a move to another disk
    add_event(instance)
    assert ask(instance).outcome == COSIGNED


def copy_of(instance: Instance, to: Path) -> Instance:
    return Instance(Path(shutil.copytree(instance.root, to)), instance.base)


def test_a_log_that_was_set_back_or_forked_is_refused(
    instance: Instance, office: Auditor, tmp_path: Path
) -> None:
    ask(instance)
    add_event(instance)
    earlier, fork = (copy_of(instance, tmp_path / name) for name in ("earlier", "fork"))
    add_event(instance)
    ask(instance)
    answer = ask(earlier)
    assert (answer.outcome, answer.size) == (REFUSED, 3)
    assert answer.message == "it cosigned 3 events, the log has 2: it was set back"
    for name in ("another", "and more"):  # of the same size, then longer
        add_event(fork, name)
        assert ask(fork).message == "it cosigned another history of this log"


def test_another_key_is_refused(instance: Instance, office: Auditor) -> None:
    other = Signer.generate(lambda _: "x")
    verifier = Ledger(instance).verifier()
    office.logs[verifier.name] = type(verifier)(verifier.name, other.verifier.key)
    assert "by another key" in ask(instance).message


def test_an_answer_that_is_no_cosignature_is_not_kept(
    instance: Instance, office: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = witnesses.read(instance)
    forged = office.cosign(signed_log.read(instance).checkpoint.text())
    for body, message in (
        ("", "no cosignature by the key"),
        ("nonsense\n", "not readable"),
        (Auditor(name="other.example/w").cosign("x\n"), "no cosignature by the key"),
        (office.cosign("another text\n"), "not good under the witness's key"),
        (forged.replace("=", ""), "not readable"),
        ("x" * 20_000, "too long"),
    ):
        monkeypatch.setattr(office, "answer", lambda _, body=body: (200, body))
        answer = ask(instance)
        assert answer.outcome in {REFUSED, UNREACHABLE}
        assert message in answer.message
        assert witnesses.kept(instance, one) == ""


def test_a_witness_that_is_away_is_told(instance: Instance, office: Auditor) -> None:
    witnesses.write(instance, [Witness(office.vkey, "http://127.0.0.1:9/")])
    assert ask(instance).outcome == UNREACHABLE
    witnesses.write(instance, [Witness(office.vkey, office.url.removesuffix("w/"))])
    assert "does not know this log" in ask(instance).message


def test_publishing_asks_in_a_process_of_its_own(instance: Instance, office: Auditor) -> None:
    with writer_session(instance, "test", 0) as ledger:
        ledger.append(event("Code", kind="shapes", name="x", digest="0" * 64, files={}))
    (one,) = witnesses.read(instance)
    deadline = time.monotonic() + 60
    # the answer is written last: then the process leaves nothing to come
    while not witnesses.last_answer(instance, one) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert split(witnesses.kept(instance, one))[0] == signed_log.read(instance).checkpoint.text()


def test_without_growth_or_witness_nobody_is_asked(
    instance: Instance, office: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = list[Instance]()
    monkeypatch.setattr(asking, "start", started.append)
    with writer_session(instance, "test", 0):
        pass
    assert started == []
    witnesses.write(instance, [])
    monkeypatch.undo()
    monkeypatch.setattr("subprocess.Popen", None)
    asking.start(instance)


def test_the_second_asker_finds_it_done(instance: Instance, office: Auditor) -> None:
    asking.main(str(instance.root))
    asking.main(str(instance.root))
    assert office.asked == 1


def test_a_log_behind_a_cosigned_checkpoint_does_not_go_on(
    instance: Instance, office: Auditor, tmp_path: Path
) -> None:
    backup = copy_of(instance, tmp_path / "backup")
    add_event(instance)
    ask(instance)
    shutil.rmtree(backup.ledger / "witness")
    shutil.copytree(instance.ledger / "witness", backup.ledger / "witness")
    with pytest.raises(IntegrityError, match="a witness cosigned 2 events, the ledger has 1"):
        add_event(backup)
    assert [p.message for p in verify(backup, 0)] == [
        "a witness cosigned 2 events, the ledger has 1"
    ]


def test_verify_names_what_was_edited_in_a_cosigned_note(
    instance: Instance, office: Auditor
) -> None:
    ask(instance)
    assert list(verify(instance, 0)) == []
    (path,) = (p for p in (instance.ledger / "witness").iterdir() if len(p.name) == 8)
    good = path.read_text("utf-8")
    *lines, last = good.splitlines()
    swapped = "\n".join([*lines, last[:-9] + ("A" if last[-9] != "A" else "B") + last[-8:]]) + "\n"
    for text, what in (
        (swapped, "not good"),
        (good.replace("\n1\n", "\n2\n"), "no valid signature"),
    ):
        path.write_text(text, "utf-8")
        (problem,) = verify(instance, 0)
        assert what in problem.message, problem


def test_verify_names_a_fork_that_a_witness_shows(
    instance: Instance, office: Auditor, tmp_path: Path
) -> None:
    fork = copy_of(instance, tmp_path / "fork")
    add_event(instance)
    ask(instance)
    add_event(fork, "other")
    shutil.copytree(instance.ledger / "witness", fork.ledger / "witness", dirs_exist_ok=True)
    (problem,) = verify(fork, 0)
    assert problem.message == "forked: a witness cosigned other lines as the first 2"


def run(instance: Instance, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), "witness", *arguments])


def test_the_commands(instance: Instance, office: Auditor) -> None:
    witnesses.write(instance, [])
    assert "self-signed only" in run(instance, "list").output
    assert run(instance, "ask").exit_code == 0
    assert "added" in run(instance, "add", office.url, office.vkey).output
    assert "not asked yet" in run(instance, "list").output
    assert run(instance, "add", office.url, office.vkey).exit_code == 2
    assert "cosigned, 1 of 1 events" in run(instance, "ask").output
    told = json.loads(run(instance, "list", "--json").output)
    assert told["witnesses"][0]["answer"]["outcome"] == COSIGNED
    policy = (instance.ledger / "witness" / "policy").read_text("utf-8").splitlines()
    assert policy == [
        f"log {Ledger(instance).verifier()}",
        f"witness {office.name} {office.vkey} {office.url}",
        f"quorum {office.name}",
    ]
    second = Auditor(name="b.example/w")
    run(instance, "add", "http://127.0.0.1:9/", second.vkey)
    assert run(instance, "ask").exit_code == 1  # one is unreachable
    office.logs.clear()
    assert run(instance, "ask").exit_code == 6  # one refuses
    assert run(instance, "remove", second.name).exit_code == 0
    assert run(instance, "remove", second.name).exit_code == 2


@pytest.mark.parametrize("key", ["", "x", "x+00000000+AAAA", "log"])
def test_a_key_of_another_kind_is_refused(instance: Instance, key: str) -> None:
    given = str(Ledger(instance).verifier()) if key == "log" else key
    done = run(instance, "add", "https://w.example/", given)
    assert done.exit_code == 2
    assert "0x04" in done.output


def test_the_checkpoint_and_proofs_show_who_cosigned(instance: Instance, office: Auditor) -> None:
    ask(instance)
    add_event(instance)
    log = signed_log.read(instance)
    with Pool.start(instance, workers=1) as pool:
        client: Any = create_app(instance, pool).test_client()
        assert client.get("/log/checkpoint").text == log.note  # nobody cosigned this one yet
        old = CliRunner().invoke(main, ["--data", str(instance.root), "prove", "0"]).output
        assert InclusionProof.parse(old).check(log.line(0), log.verifier).size == 1
        assert office.name in old
        ask(instance)
        assert client.get("/log/checkpoint").text == witnesses.cosigned(instance, log)
        assert office.name in client.get("/log/checkpoint").text
