"""Asking witnesses to cosign the log's checkpoint (c2sp.org/tlog-witness, `add-checkpoint`).

The witness gets the checkpoint and a proof that the log grew from what it cosigned last; it answers
409 with the size it knows where that is another one. It is asked apart from publishing, which never
waits for it.
"""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from fcntl import LOCK_EX, flock
from pathlib import Path
from threading import Thread
from typing import Any

from graph.core.errors import IntegrityError, UlziiError
from graph.core.instance import Instance, open_instance
from graph.ledger.cosigned import FOLDER
from graph.ledger.events import now
from graph.ledger.note import Checkpoint, split
from graph.outbound.exchange import ExchangeError, new_client, send
from graph.transparency import proofs, signed_log, witnesses
from graph.transparency.signed_log import SignedLog
from graph.transparency.witnesses import Answer, Witness

COSIGNED, REFUSED, UNREACHABLE = "cosigned", "refused", "unreachable"
SECONDS = 10.0  # for one request
_MOST = 16 << 10  # bytes of an answer
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n?")

_REFUSALS = {
    400: "it says that the request is malformed",
    403: "it knows this log by another key than the one that signed it",
    404: "it does not know this log; its operator has to add the log's verifier key",
    422: "it cosigned another history of this log",
}

_logger = logging.getLogger(__name__)


def ask_all(instance: Instance, *, again: bool = True) -> dict[Witness, Answer]:
    """Ask every witness, one after the other, and keep what each says.

    Unless `again` is set, those that cosigned the current checkpoint already are not asked.
    """
    log = signed_log.read(instance)
    answers = {}
    for witness in witnesses.read(instance):
        if not again and _cosigned_size(instance, witness) == log.size:
            continue
        answers[witness] = answer = _ask(instance, log, witness)
        witnesses.keep_answer(instance, witness, answer)
    return answers


def _cosigned_size(instance: Instance, witness: Witness) -> int:
    note = witnesses.kept(instance, witness)
    return Checkpoint.parse(split(note)[0]).size if note else 0


def _ask(instance: Instance, log: SignedLog, witness: Witness) -> Answer:
    def answer(outcome: str, size: int, message: str = "") -> Answer:
        return Answer(outcome, now(), size, message)

    known = _cosigned_size(instance, witness)
    try:
        for _ in range(2):
            if known > log.size:
                message = f"it cosigned {known} events, the log has {log.size}: it was set back"
                return answer(REFUSED, known, message)
            status, body = _post(witness.url, request(log, known))
            match = _SIZE.fullmatch(body)
            if status != 409 or not match:
                break
            known = int(match[1])
        if status == 200:
            note = log.note + _own_line(log, witness, body)
            witnesses.keep(instance, witness, note)
            return answer(COSIGNED, log.size)
    except ExchangeError as error:
        return answer(UNREACHABLE, log.size, f"{error.reason} {error.detail}".strip())
    except IntegrityError as error:
        return answer(REFUSED, log.size, error.message)
    return answer(REFUSED, log.size, _REFUSALS.get(status, f"it answered with status {status}"))


def request(log: SignedLog, old: int) -> bytes:
    """The body of `add-checkpoint`: the old size, the proof of growth, the checkpoint."""
    path = proofs.encode(log.tree.consistency(old, log.size))
    return "\n".join([f"old {old}", *path, "", log.note]).encode()


def _post(url: str, body: bytes) -> tuple[int, bytes]:
    """Status and body of the answer. Raises ExchangeError."""
    target = f"{url.rstrip('/')}/add-checkpoint"
    headers = {"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"}
    # the operator named this address; a witness of the state may well be in a private network
    sent: dict[str, Any] = {"headers": headers, "content": body, "allow_private": True}
    with (
        new_client(SECONDS) as client,
        send(client, "POST", target, seconds=SECONDS, **sent) as response,
    ):
        data = b""
        for piece in response.iter_raw():
            data += piece
            if len(data) > _MOST:
                raise ExchangeError("connection", "the answer is too long")
        return response.status_code, data


def _own_line(log: SignedLog, witness: Witness, body: bytes) -> str:
    """The cosignature by the witness's own key; others in the answer are ignored."""
    try:
        found = witness.cosigner.find(f"{log.note}{body.decode()}")
    except UnicodeDecodeError as error:
        raise IntegrityError("its answer is not text") from error
    if found is None:
        raise IntegrityError("its answer has no cosignature by the key that was added")
    return found.line


def start(instance: Instance) -> None:
    """Ask in a process of its own, if there are witnesses; nobody waits for it."""
    try:
        if not witnesses.read(instance):
            return
        # -P: what lies in the current directory is not taken for our modules
        command = [sys.executable, "-P", "-m", __name__, str(instance.root)]
        silent = subprocess.DEVNULL
        process = subprocess.Popen(
            command, stdin=silent, stdout=silent, stderr=silent, start_new_session=True
        )
    except (OSError, UlziiError) as error:  # publishing never fails because of it
        _logger.warning("the witnesses were not asked: %s", error)
        return
    Thread(target=process.wait, daemon=True).start()  # reaps it where this process lives on


def main(root: str) -> None:
    """Ask the witnesses of the instance in a folder; one process at a time."""
    instance = open_instance(Path(root))
    with (instance.ledger / FOLDER / "lock").open("w") as lock:
        flock(lock, LOCK_EX)  # who waited asks for the newest checkpoint only
        ask_all(instance, again=False)


if __name__ == "__main__":
    main(sys.argv[1])
