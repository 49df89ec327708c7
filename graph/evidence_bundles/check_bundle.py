"""Check an evidence bundle offline: python check_bundle.py FILE.zip KEY (pip install cryptography)
KEY: the log's, kept elsewhere. Exit 0: all it tells is proven; 13: a part; 1: a fault is named."""

import base64, json, re, sys, zipfile
from hashlib import sha256
from typing import Any
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as Key

WORDS = {True: "PROVEN", False: "NOT CHECKED, may have been changed by whoever gave you this file"}
IRI, TEXT = r'<[^<>"{}|^`\s\\]*>', r'"([^"\\\x00-\x1f\x7f]|\\[tbnrf"\\])*"'  # spelled in one way
LINE = rf"{IRI} {IRI} ({IRI}|{TEXT}(\^\^(?!\S*/XMLSchema#string>){IRI}|@[a-z0-9-]+)?) \.\n"


def need(good: object, what: str) -> None:
    if not good:
        raise ValueError(what)


def fold(found: bytes, index: int, size: int, path: list[str]) -> bytes:  # RFC 9162 §2.1.3
    if size < 2:
        return found if (index, size, path) == (0, 1, []) else b""
    half, step = 1 << (size - 1).bit_length() - 1, bytes.fromhex(path[-1])
    if index < half:
        return sha256(b"\1" + fold(found, index, half, path[:-1]) + step).digest()
    return sha256(b"\1" + step + fold(found, index - half, size - half, path[:-1])).digest()


class Bundle:
    at, used = "the file", {""}  # the member that is being checked, and those that were

    def member(self, name: str, digest: str = "") -> bytes:
        self.at, self.used, data = name, self.used | {name}, self.zip.open(name).read(1 << 26)
        need(digest in ("", sha256(data).hexdigest()), "its bytes have another hash")
        return data

    def leaves(self, names: list[str], first: int, size: int, root: str) -> bytes:
        for n, name in enumerate(names, first):
            leaf = sha256(b"\0" + self.member(name)).digest()
            need(fold(leaf, n, size, self.paths[name]).hex() == root, "it or its path is wrong")
        return b"".join(map(self.member, names))

    def event(self, number: int) -> Any:
        line = json.loads(self.leaves([f"events/{number}.json"], number, *self.log))
        sealed = line["type"] == "Sealed" and self.member(f"sealed/{number}", line["digest"])
        return json.loads(sealed.rpartition(b"\n")[2]) if sealed else line

    def claims(self, file: str, key: str) -> Any:
        self.zip = zipfile.ZipFile(file)
        need(len({*self.zip.namelist()}) == len(self.zip.namelist()), "two members of one name")
        log, number, packed = key.strip().split("+", 2)  # c2sp.org/signed-note, tlog-checkpoint
        text, _, note = self.member("checkpoint").decode().partition(f"\n\n— {log} ")
        signed = base64.b64decode(note.split("\n")[0]).removeprefix(bytes.fromhex(number))
        Key.from_public_bytes(base64.b64decode(packed)[1:]).verify(signed, f"{text}\n".encode())
        count, top = text.removeprefix(f"{log}\n").split("\n")
        self.log = int(count), base64.b64decode(top).hex()
        self.told = told = json.loads(self.member("manifest.json"))
        form, events, layer, absent, first, names, records, self.paths = told.values()
        need(form == "ulzii-evidence@v2", "its format is not known")
        publish, *_ = map(self.event, events)
        load, report = self.event(publish["load"]), self.event(publish["validate"])["report"]
        facts, size = load["layers"][layer], load["layers"][layer]["subjects"]
        lines = self.leaves(names, first, size, facts["root"]).splitlines(True)
        line = self.member("statement.nt")
        stated, place = line in lines, sum(one < line for one in lines)
        around = (place or first == 0) and (place < len(lines) or first + len(names) == size)
        good = len(names) == 1 if stated else around and re.fullmatch(LINE, line.decode())
        need(good and stated != absent, "the version says otherwise")
        shown = "".join(one if one.isprintable() else ascii(one) for one in line.decode()[:-1])
        says = "says" if stated else "does not say, if its lines are sorted,"
        by = f"{load['source']} version {load['version']} ({layer}), published {publish['at']}"
        yield "statement", f"{by}, {says} {shown}", True
        if not stated or "origins" not in facts:
            return (yield "origin", "which record it was made from", False) if stated else None
        came = self.member("responses", self.event(load["fetch"])["manifest"]).decode() + report
        tags = self.leaves(["origins"], first, size, facts["origins"]).decode().split("\n")[place]
        head = json.loads(self.member("rows/head", facts["head"]))
        for tag, (name, kind, at, parts) in zip(tags.split(), records, strict=True):
            row, rule = int(tag[:8], 16), head["rules"][int(tag[8:], 16)]
            text = self.leaves([f"rows/{row}"], row, head["records"], facts["records"]).decode()
            number, locator = text[:-1].split("\t", 1)
            capture = head["captures"][int(number)]
            yield "origin", f"made from {locator or 'all'} of {capture} by {rule}", capture in came
            if parts:
                tree = json.loads(self.member("marks", load["marks"]))["items"][capture][kind]
                held = self.leaves(parts, at, tree["count"], tree["root"])
                need(self.member(name) in held, "its capture does not have it there")
                item = f"row={at + 1}" if kind == "row" else f"{kind}/{at}"
                good = item == re.sub(r"^cell=(\d+),\d+$", r"row=\1", locator) and [name] == parts
                yield "record", f"{name} is of that file; that it is {locator}, as logged", good


if __name__ == "__main__":
    bundle = Bundle()
    try:
        found = [*bundle.claims(*sys.argv[1:])]
    except Exception as error:
        sys.exit(f"not proven: {bundle.at}: {error!r}")
    found += [("", ascii(x), False) for x in bundle.zip.namelist() if x not in bundle.used]
    print(*(f"{text}: {WORDS[good]}" for _, text, good in found), sep="\n")
    sys.exit(13 if any(not good and text != "'README.txt'" for _, text, good in found) else 0)
