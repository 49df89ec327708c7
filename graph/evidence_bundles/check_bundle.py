"""Check an evidence bundle offline, by Python alone: python check_bundle.py FILE.zip KEY
KEY is the log's public key, kept elsewhere. Exit code 0: all that is told is proven; 13: a part of it, what is
NOT CHECKED is named; 1: the member that is damaged, or not as it was signed, is named; 2: no file or key."""
import base64, contextlib, json, re, struct, sys, zipfile
from collections.abc import Iterator
from hashlib import sha256, sha512
from typing import Any
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519, RFC 8032 §5.1
D, FREE = -121665 * pow(121666, -1, P) % P, "NOT CHECKED, may have been changed by whoever gave you this file"
FORM = "expected one line, NAME+8 HEX DIGITS+BASE64, as in the log's verifier.txt"
def add(p: tuple[int, int], q: tuple[int, int]) -> tuple[int, int]:
    t = D * p[0] * p[1] * q[0] * q[1]
    x, y = p[0] * q[1] + p[1] * q[0], p[1] * q[1] + p[0] * q[0]
    return x * pow(1 + t, -1, P) % P, y * pow(1 - t, -1, P) % P
def times(number: int, p: tuple[int, int]) -> tuple[int, int]:
    half = times(number // 2, add(p, p)) if number else (0, 1)
    return add(half, p) if number % 2 else half
def point(data: bytes) -> tuple[int, int]:
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    return (x if x % 2 == sign else P - x), y
BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
def signed(key: bytes, signature: bytes, message: bytes) -> bool:
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    h = int.from_bytes(sha512(r + key + message).digest(), "little") % ORDER
    x, y = add(times(s % ORDER, BASE), times(ORDER - h, point(key)))
    return s < ORDER and (y + x % 2 * 2**255).to_bytes(32, "little") == r
LINE = rb"""<[^<>\s\\]*> <[^<>\s\\]*> (<[^<>\s\\]*>|"([^"\\\x00-\x1f\x7f]|\\[tbnrf"\\]|\\u00(0[0-7BEF]|1[0-9A-F]|7F))*"(\^\^(?!<http://www\.w3\.org/2001/XMLSchema#string>)<[^<>\s\\]*>|@[a-z0-9-]+)?) \.\n"""
class NotAsSigned(ValueError):
    """Says which member, and what is wrong with it."""
class BundleMembers(dict[Any, Any]):
    def __missing__(self, name: Any) -> Any:
        raise NotAsSigned(f"{name if isinstance(name, str) else f'events/{name}.json'}: this member is missing")
def need(good: object, member: str, what: str) -> None:
    if not good:
        raise NotAsSigned(f"{member}: {what}")
@contextlib.contextmanager
def reading(member: str, what: str = "it is damaged, or has another form") -> Iterator[None]:
    try:
        yield
    except NotAsSigned:
        raise
    except Exception as error:
        raise NotAsSigned(f"{member}: {what} ({type(error).__name__}: {error})") from error
def plain(text: str) -> str:  # no line feed, control character or change of direction of others' making
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
def unpacked(file: str) -> BundleMembers:
    has = BundleMembers()
    with reading(file, "it is no zip file, or a damaged one"), zipfile.ZipFile(file) as opened:
        need(len(opened.infolist()) <= 1000, file, "it is too large: over 1,000 members")
        need(sum(one.file_size for one in opened.infolist()) <= 1 << 28, file, "it is too large: over 256 MiB")
        for one in opened.infolist():
            need(one.filename not in has, one.filename, "there are two members of one name")
            need(re.fullmatch(r"(\w[\w.-]*/)?\w[\w.-]*", one.filename, re.A), one.filename, "no member of a bundle is named so")
            need(one.file_size <= 1 << 26, one.filename, "it is too large: over 64 MiB")
            with reading(one.filename, "it is damaged"):
                has[one.filename] = opened.read(one)
    return has
def root(leaf: bytes, index: int, size: int, path: list[str]) -> bytes:  # RFC 9162 §2.1.3.2
    number, last, found = index, size - 1, sha256(b"\0" + leaf).digest()
    for step in [base64.b64decode(f"{text}==") for text in path]:
        left = number % 2 or number == last
        found = sha256(b"\1" + step + found if left else b"\1" + found + step).digest()
        while left and number and number % 2 == 0:
            number, last = number // 2, last // 2
        number, last = (number // 2, last // 2) if last > 0 else (0, -1)
    return found if last == 0 <= index < size else b""
def verifier(key: str) -> tuple[str, bytes]:
    with reading("the key", FORM):
        name, number, packed = key.strip().split("+", 2)
        raw = base64.b64decode(packed, validate=True)
        need(name and len(raw) == 33 and raw[0] == 1 and not re.search(r"\s", key.strip()), "the key", FORM)
        need(sha256(name.encode() + b"\n" + raw).hexdigest()[:8] == number, "the key", "its hash does not match its bytes: it was not copied whole")
        return name, raw[1:]
def checkpoint(note: str, name: str, public: bytes) -> tuple[int, bytes]:  # c2sp.org/tlog-checkpoint
    (text, _, lines), by = note.rpartition("\n\n"), f"— {name} "
    own = [base64.b64decode(f"{x[len(by):]}==") for x in lines.split("\n") if x.startswith(by)]
    own = [raw[4:] for raw in own if raw[:4] == sha256(name.encode() + b"\n\1" + public).digest()[:4]]
    good = own and all(signed(public, raw, f"{text}\n".encode()) for raw in own)
    need(good and text.split("\n")[0] == name, "checkpoint", "it is not signed by this key")
    return int(text.split("\n")[1]), base64.b64decode(text.split("\n")[2])
def origins(rows: bytes, number: int) -> list[list[str]]:  # a row map: statement → record, rule
    head = json.loads(rows.partition(b"\n")[0])
    *records, rest = rows.partition(b"\n")[2].split(b"\n", head["records"])
    rules, more = 4 * head["statements"], 6 * head["statements"]
    found = [struct.unpack_from("<I", rest, 4 * number) + struct.unpack_from("<H", rest, rules + 2 * number)]
    found += [row[1:] for row in struct.iter_unpack("<IIH", rest[more:]) if row[0] == number]
    cells = [(*records[record].decode().split("\t"), head["rules"][rule]) for record, rule in found]
    return [[head["captures"][int(capture)], locator, rule] for capture, locator, rule in cells]
def event(has: BundleMembers, number: int, size: int, top: bytes) -> dict[str, Any]:
    name, proof = f"events/{number}.json", f"events/{number}.tlog-proof"
    need(has[proof].endswith(b"\n\n" + has["checkpoint"]), proof, "its proof is under another checkpoint")
    with reading(proof):
        form, index, *path = has[proof].decode().partition("\n\n")[0].split("\n")
        need((form, index) == ("c2sp.org/tlog-proof@v1", f"index {number}"), proof, "it is no proof of this event")
        good = root(has[name], number, size, path) == top
    need(good, f"{name} and {proof}", f"together they do not lead to the signed root of {size} events, one of the two was changed")
    line: dict[str, Any] = json.loads(has[name])
    return json.loads(has[f"sealed/{line['digest']}"].rpartition(b"\n")[2]) if line["type"] == "Sealed" else line
def check(file: str, key: str) -> dict[str, Any]:
    (name, public), has = verifier(key), unpacked(file)
    with reading("checkpoint"):
        size, top = checkpoint(has["checkpoint"].decode(), name, public)
    for one in [one for one in has if len(one.split("/")[-1]) == 64]:
        need(sha256(has[one]).hexdigest() == one.split("/")[-1], one, "its bytes have another hash")
    numbers = [int(one[7:-5]) for one in has if re.fullmatch(r"events/[0-9]{1,15}\.json", one)]
    with reading("manifest.json"):
        return told_and_proven(has, json.loads(has["manifest.json"]), BundleMembers({n: event(has, n, size, top) for n in numbers}), name, size)
def told_and_proven(has: BundleMembers, told: dict[str, Any], events: BundleMembers, log: str, size: int) -> dict[str, Any]:
    for key in {"format", "publish", "layer", "absent", "leaves", "number", "origins", "places"} - {*told}:
        need(False, "manifest.json", f"it lacks '{key}'")
    need(told["format"] == "ulzii-evidence@v1", "manifest.json", "its format is not known")
    need(events[told["publish"]]["type"] == "Publish", "manifest.json", "what it says is the publication is another event")
    publish, load = events[told["publish"]], events[events[told["publish"]]["load"]]
    validate, fetch, layer = events[publish["validate"]], events[load["fetch"]], load["layers"][told["layer"]]
    for leaf in told["leaves"]:
        need(root(has[leaf["member"]], leaf["index"], layer["subjects"], leaf["path"]).hex() == layer["root"], leaf["member"], "it is not in the root of the version, at the place that manifest.json says")
    statement, lines = has["statement.nt"], b"".join(has[leaf["member"]] for leaf in told["leaves"])
    need((statement in lines.splitlines(True)) != told["absent"] and statement.find(b"\n") == len(statement) - 1, "statement.nt", "the version says otherwise")
    need(not told["absent"] or re.fullmatch(LINE, statement), "statement.nt", "its absence says nothing, lines are not written in this form")
    keys, own = [(has[x["member"]].split(b" ")[0] + b" ", x["index"]) for x in told["leaves"]], statement.split(b" ")[0] + b" "
    ends = [n + 1 for k, n in keys if k < own] or [0], [n for k, n in keys if k > own] or [layer["subjects"]]
    need(own in dict(keys) or ends[0] == ends[1], "manifest.json", "its leaves are no neighbours")
    rows, whole = has.get(f"rows/{layer['rows']}", b""), has.get(f"lines/{layer['lines']}", b"")
    need(told["absent"] or told["number"] >= 0, "manifest.json", "the statement has another number")
    need(not whole or whole.splitlines(True)[told["number"]] == statement, "manifest.json", "the statement has another number")
    need(not rows or origins(rows, told["number"]) == told["origins"], "manifest.json", "the row map names other records")
    said = [statement.decode()[:-1], f"{load['source']} version {load['version']} ({told['layer']}) {'does not say it, if its lines are sorted' if told['absent'] else 'says it'}; published {publish['at']}; in the log {log} of {size} events: PROVEN"]
    responses = {one.get("sha256"): one for one in json.loads(has[f"responses/{fetch['manifest']}"])}
    marks, paths = f"marks/{load['marks']}" if load.get("marks") else "", told.get("paths", [None] * len(told["origins"]))
    made, bytes_of = list[bool](), list[bool]()
    items, used = json.loads(has.get(marks, b'{"items": {}}'))["items"], {"checkpoint", "manifest.json", "statement.nt", marks}
    need(len(told["origins"]) == len(told["places"]) == len(paths), "manifest.json", "'origins', 'places' and 'paths' have different lengths")
    for n, ((capture, locator, rule), (at, length, pieces), way) in enumerate(zip(told["origins"], told["places"], paths, strict=True), 1):
        need(capture in {*responses, validate["report"]}, "manifest.json", "no event names its capture")
        for index, path in pieces:
            need(root(has[f"pieces/{capture}.{index}"], index, -(-responses[capture]["bytes"] // 65536), path).hex() == responses[capture]["chunks"], f"pieces/{capture}.{index}", "it is no piece of the capture")
        need(at >= 0 and [x[0] for x in pieces] == [*range(pieces[0][0] if pieces else 0, at // 65536 + len(pieces) if pieces else 0)], "manifest.json", "the pieces do not follow each other from the record's place")
        held, record = has.get(f"captures/{capture}") or b"".join(has[f"pieces/{capture}.{index}"] for index, _ in pieces), has.get(f"records/{n}", b"")
        start = at - 65536 * pieces[0][0] if pieces and not has.get(f"captures/{capture}") else at
        need(not (held and record) or held[start:][:length] == record, f"records/{n}", "its capture has other bytes there")
        if placed := way is not None and items and record:  # the row that a locator names, or the element of an array
            kind, _, number = locator.rpartition("/") if locator[0] == "/" else ("row", "", int(locator.split("=")[1].split(",")[0]) - 1)
            need(root(record, int(number), items[capture][kind]["count"], way).hex() == items[capture][kind]["root"], f"records/{n}", "it is not that row or element")
        known = "PROVEN to be that row or element, as the load logged it" if placed else f"PROVEN to be of that capture; which row or cell they are: {FREE}" if held else FREE
        said += [f"made from {locator} of capture {capture} by {rule}: {'PROVEN' if rows and whole else FREE}; its bytes, records/{n}: {known if record else 'not enclosed'}"]
        made, bytes_of = [*made, bool(rows and whole)], [*bytes_of, *([bool(placed)] if record else [])]
        used |= {f"records/{n}", f"captures/{capture}", *(f"pieces/{capture}.{index}" for index, _ in pieces)}
    used |= {f"rows/{layer['rows']}", f"lines/{layer['lines']}", f"responses/{fetch['manifest']}", *(leaf["member"] for leaf in told["leaves"])}
    said += [f"{one}: {FREE}" for one in has if one not in used and not one.startswith(("events/", "sealed/"))]
    proven = {"statement": True, "origin": all(made) if made else None, "record": all(bytes_of) if bytes_of else None}
    return {"statement": plain(said[0]), "absent": told["absent"], "source": load["source"], "version": load["version"], "layer": told["layer"], "published": publish["at"], "log": log, "size": size, "proven": proven, "said": [plain(one) for one in said]}
if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(print(__doc__) or 2)
    try:
        result = check(*sys.argv[1:])
    except NotAsSigned as error:
        sys.exit(f"not proven: {plain(str(error))}")
    print(*result["said"], sep="\n")
    sys.exit(13 if False in result["proven"].values() else 0)
