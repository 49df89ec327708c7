"""Verifying an evidence bundle: what `check_bundle.py` checks, its witnesses, and its age."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidSignature

from graph.core.errors import IntegrityError
from graph.evidence_bundles import check_bundle
from graph.ledger.note import Checkpoint, Verifier
from graph.transparency.cosigner import Cosigner

MOST_BYTES = 256 << 20
"""Of all members of a bundle together, unpacked."""
_MOST_MEMBERS = 1000
_NAME = re.compile(r"(\w[\w.-]*/)?\w[\w.-]*", re.ASCII)
_NOT_ENCLOSED = "not enclosed: the bytes of the record; the file of that SHA-256 has them"
_ASK_AGAIN = (
    "Take the bundle anew from the log's server. If that one is refused too, keep both files and a"
    " copy of the log's checkpoint: they are evidence that something was changed."
)
_FORMAT, _README = "ulzii-evidence@v2", "README.txt"
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others unpack without a limit
_KEYS = ["format", "publish", "layer", "absent", "first", "leaves", "records", "paths"]
_KINDS = ("statement", "origin", "record")


def members(file: Path | IO[bytes]) -> dict[str, int]:
    """The members of a bundle and their sizes.

    Raises IntegrityError where it is not a zip file, or too large to be a bundle.
    """
    try:
        with zipfile.ZipFile(file) as opened:
            found = opened.infolist()
    except Exception as error:  # what a damaged directory of a zip file raises is of many kinds
        raise IntegrityError("this is not a zip file", where=str(file)) from error
    sizes = {one.filename: one.file_size for one in found}
    if len(sizes) != len(found):
        raise IntegrityError("it has two members of one name", where=str(file))
    if any(one.compress_type not in _PACKED for one in found):
        raise IntegrityError("a member is packed as none of a bundle is", where=str(file))
    if odd := [name for name in sizes if not _NAME.fullmatch(name)]:
        raise IntegrityError("no member of a bundle is named so", where=plain(odd[0]))
    if len(sizes) > _MOST_MEMBERS or sum(sizes.values()) > MOST_BYTES:
        raise IntegrityError("it is too large for an evidence bundle", where=str(file))
    return sizes


def verify(file: Path, key: str, witnesses: Sequence[str] = (), kept: str = "") -> dict[str, Any]:
    """What a bundle proves; `key` is the log's verifier key.

    `said` are lines of text, the statement first; `proven` says of the statement, its origin and
    the bytes of its records whether they are proven (None: the bundle has no such thing); `source`,
    `version`, `layer`, `published`, `log`, `size` and `absent` say what of.

    `witnesses` are verifier keys of witnesses that must have cosigned, `kept` a checkpoint (note)
    that was kept elsewhere. Raises IntegrityError that names the member that is not as it was
    signed.
    """
    members(file)
    verifier = Verifier.parse(key)
    _check_manifest(file)
    found = _checked(file, key)
    note = _read(file, "checkpoint")
    found["said"] += _others(note, key.partition("+")[0], len(witnesses))
    found["said"] += [_cosigned(note, Cosigner.parse(one)) for one in witnesses]
    if kept:
        _compare(Checkpoint.parse(verifier.check(note)), _kept(kept, verifier))
    return found


def _check_manifest(file: Path) -> None:
    """Raises IntegrityError where the manifest has other keys than those that are checked: no
    signature is over it, so whoever carries a bundle could write what they want there."""
    try:
        pairs = json.loads(_read(file, "manifest.json"), object_pairs_hook=list)
        keys = [str(key) for key, _ in pairs]
        form = dict(pairs).get("format")
    except Exception as error:  # a bundle that somebody made up raises what it wants
        raise IntegrityError("manifest.json: it is missing, or it cannot be read") from error
    if wrong := sorted({*keys} ^ {*_KEYS}):
        raise IntegrityError(f"manifest.json: keys are missing or not known: {plain(str(wrong))}")
    if keys != _KEYS:
        raise IntegrityError("manifest.json: a key stands twice, or in another order")
    if form != _FORMAT:
        raise IntegrityError(f"manifest.json: its format is {plain(str(form))}, not {_FORMAT}")


def _others(note: str, log: str, witnesses: int) -> list[str]:
    """That lines after the log's signature were not checked: other signatures, or anything."""
    lines = note.partition(f"\n\n— {log} ")[2].splitlines()[1:]
    left = len(lines) - witnesses
    return [f"{left} other signatures of the checkpoint: not checked"] if left > 0 else []


def _checked(file: Path, key: str) -> dict[str, Any]:
    """What the script proves. It is run whole before anything that it gives is used."""
    bundle = check_bundle.Bundle()
    try:
        claims = [*bundle.claims(str(file), key)]
        publish = bundle.event(bundle.told["publish"][0])
        load = bundle.event(publish["load"])
    except Exception as error:  # a bundle that somebody made up raises what it wants
        said = f"{bundle.at}: {plain(_words(error))}"
        if missing := re.match("\"There is no item named '(.*)' in", str(error)):
            said = f"{plain(missing[1])}: it is missing from the bundle"
        raise IntegrityError(said, hint=_ASK_AGAIN) from error
    rest = [name for name in bundle.zip.namelist() if name not in bundle.used - {_README}]
    told = [*((text, good) for _, text, good in claims), *((name, False) for name in rest)]
    has_all = all(name for name, *_ in bundle.told["records"])
    return {
        "statement": plain(bundle.member("statement.nt").decode()[:-1]),
        "absent": bundle.told["absent"],
        "source": load["source"],
        "version": load["version"],
        "layer": bundle.told["layer"],
        "published": publish["at"],
        "log": key.partition("+")[0],
        "size": bundle.log[0],
        "proven": {kind: _all([good for one, _, good in claims if one == kind]) for kind in _KINDS},
        "is_whole": all(good for _, _, good in claims) and {*rest} <= {_README},
        "said": [f"{plain(text)}: {check_bundle.WORDS[good]}" for text, good in told]
        + ([] if has_all else [_NOT_ENCLOSED]),
    }


def _words(error: Exception) -> str:
    """What went wrong, in words: the script raises what Python does too."""
    if isinstance(error, InvalidSignature):
        return "the log of this key did not sign it: another log's, or edited (InvalidSignature)"
    if isinstance(error, KeyError):
        return f"the manifest has nothing of {error}"
    if isinstance(error, ValueError) and "argument" in str(error):
        return "the manifest tells of more or fewer records than it was made from"
    if isinstance(error, ValueError):
        return str(error)
    return f"it is not as a bundle has it ({type(error).__name__} {error})"


def _all(proven: Sequence[bool]) -> bool | None:
    return all(proven) if proven else None


def plain(text: str) -> str:
    """Text in which nothing moves the cursor or turns the direction of writing."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _read(file: Path, name: str) -> str:
    with zipfile.ZipFile(file) as opened:
        return opened.read(name).decode()


def _cosigned(note: str, witness: Cosigner) -> str:
    found = witness.find(note)
    if found is None:
        raise IntegrityError(f"checkpoint: not cosigned by {witness.name}")
    return f"cosigned by {witness.name} at {found.time} (seconds since 1970)"


def _kept(note: str, verifier: Verifier) -> Checkpoint:
    try:
        return Checkpoint.parse(verifier.check(note))
    except IntegrityError as error:
        raise IntegrityError(
            "the kept checkpoint is not signed by this key: it is another log's, or was edited",
            hint="Give the checkpoint and the key that you kept of the same log.",
        ) from error


def _compare(own: Checkpoint, kept: Checkpoint) -> None:
    """Raises IntegrityError where the bundle's checkpoint is older than the kept one, or a fork."""
    if own.size < kept.size:
        ages = f"{own.size} events, the kept one has {kept.size}"
        raise IntegrityError(f"checkpoint: it is stale, {ages}; ask for a newer bundle")
    if own.size == kept.size and own.root != kept.root:
        raise IntegrityError("checkpoint: forked, the kept one of this size has another root")
