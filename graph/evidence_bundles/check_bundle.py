"""Check an evidence bundle offline: check_bundle.py FILE.zip KEY (the log's, kept elsewhere)."""

import base64, json, os, re, sys, typing, zipfile
from hashlib import sha256
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as Key

WORDS = {True: "PROVEN", False: "NOT CHECKED, may have been changed by whoever gave you this file"}
IRI, TEXT = r'<[^<>"{}|^`\s\\]*>', r'"([^"\\\x00-\x1f\x7f]|\\[tbnrf"\\])*"'  # spelled in one way
LINE = rf"{IRI} {IRI} ({IRI}|{TEXT}(\^\^(?!\S*/XMLSchema#string>){IRI}|@[a-z0-9-]+)?) \.\n"


def need(good: object, what: str) -> None:
    if not good:
        raise ValueError(what)


def fold(leaf: bytes, index: int, size: int, path: list[str]) -> bytes:  # RFC 9162 §2.1.3
    if size < 2:
        return leaf if (index, size, path) == (0, 1, []) else b""
    half, step = 1 << (size - 1).bit_length() - 1, bytes.fromhex(path[-1])
    part = fold(leaf, *((index, half) if index < half else (index - half, size - half)), path[:-1])
    return sha256(b"\1" + (part + step if index < half else step + part)).digest()


class Bundle:
    at, used = "the file", {"", "README.txt"}  # the member that is checked, and those that were

    def member(self, name: str, digest: str = "") -> bytes:
        self.at, self.used, data = name, self.used | {name}, self.zip.open(name).read(1 << 26)
        need(digest in ("", sha256(data).hexdigest()), "its bytes have another hash")
        return data

    def leaves(self, names: list[str], first: int, size: int, root: str) -> bytes:
        for n, name in enumerate(names, first):
            leaf = sha256(b"\0" + self.member(name)).digest()
            need(fold(leaf, n, size, self.paths[name]).hex() == root, "it or its path is wrong")
        return b"".join(map(self.member, names))

    def event(self, number: int) -> typing.Any:
        line = json.loads(self.leaves([f"events/{number}.json"], number, *self.log))
        sealed = line["type"] == "Sealed" and self.member(f"sealed/{number}", line["digest"])
        return json.loads(sealed.rpartition(b"\n")[2]) if sealed else line

    def claims(self, file: str, key: str) -> typing.Any:
        self.zip, key = zipfile.ZipFile(file), open(key).read() if os.path.isfile(key) else key
        parts = [x.filename for x in self.zip.infolist() if x.compress_type in (0, 8)]
        need(len({*parts}) == len(self.zip.namelist()), "two members of one name, or packed oddly")
        need(all(re.fullmatch(r"(\w[\w.-]*/)?\w[\w.-]*", x, re.A) for x in parts), "an odd name")
        log, number, packed = key.strip().split("+", 2)  # c2sp.org/signed-note, tlog-checkpoint
        text, _, note = self.member("checkpoint").decode().partition(f"\n\n— {log} ")
        signed = base64.b64decode(note.split("\n")[0]).removeprefix(bytes.fromhex(number))
        Key.from_public_bytes(base64.b64decode(packed)[1:]).verify(signed, f"{text}\n".encode())
        count, top = text.removeprefix(f"{log}\n").split("\n")
        self.log = int(count), base64.b64decode(top).hex()
        self.told = told = json.loads(raw := self.member("manifest.json").decode())
        need(raw == json.dumps(told, ensure_ascii=False, indent=1), "rewritten by another program")
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
        says = "says" if stated else "does not say, if its lines are sorted,"
        by = f"{load['source']} version {load['version']} ({layer}), published {publish['at']}"
        like = [ascii(one) for one in re.findall(IRI, line.decode()) if not one.isascii()]
        yield "statement", " ".join([f"{by}, {says} {line.decode()[:-1]}", *like]), True
        if not stated or "origins" not in facts:
            return (yield "origin", "which record it was made from", False) if stated else None
        came = self.member("responses", self.event(load["fetch"])["manifest"]).decode() + report
        tags = self.leaves(["origins"], first, size, facts["origins"]).decode().split("\n")[place]
        head = json.loads(self.member("rows/head", facts["head"]))
        for tag, (name, kind, at, parts) in zip(tags.split(), records, strict=True):
            row, rule = int(tag[:8], 16), head["rules"][int(tag[8:], 16)]
            text = self.leaves([f"rows/{row}"], row, head["records"], facts["records"]).decode()
            number, locator = text[:-1].split("\t", 1)
            file, shown = head["captures"][int(number)], "" if parts else " (not enclosed)"
            yield "origin", f"made from {locator or 'all'}{shown} of {file} by {rule}", file in came
            if parts:
                tree = json.loads(self.member("marks", load["marks"]))["items"][file][kind]
                held = self.leaves(parts, at, tree["count"], tree["root"])
                need(self.member(name) in held, "its capture does not have it there")
                item = f"row={at + 1}" if kind == "row" else f"{kind}/{at}"
                good = item == re.sub(r"^cell=(\d+),\d+$", r"row=\1", locator) and [name] == parts
                yield "record", f"{name} is of that file; that it is {locator}, as logged", good


if __name__ == "__main__":
    try:
        found = [*(bundle := Bundle()).claims(*sys.argv[1:])]
    except Exception as error:
        sys.exit(f"not proven: {bundle.at}: {error!r}")
    found += [("", name, False) for name in bundle.zip.namelist() if name not in bundle.used]
    print(*(f"{x if x.isprintable() else ascii(x)}: {WORDS[y]}" for _, x, y in found), sep="\n")
    print(len(bundle.member("checkpoint").splitlines()) - 5, "more signatures of it: not checked")
    sys.exit(0 if all(good for *_, good in found) else 13)  # 13: only a part of it is proven
