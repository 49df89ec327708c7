"""Check an evidence bundle offline, by Python alone: python check_bundle.py FILE.zip KEY
KEY is the log's public key, kept elsewhere. What is not as it was signed is named, with exit code 1;
else it prints what is proven, and what remains the publisher's word."""
import base64, json, struct, sys, zipfile
from hashlib import sha256, sha512
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519, RFC 8032 §5.1
D, WORD = -121665 * pow(121666, -1, P) % P, "the publisher's word"
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
def need(good: object, member: str, what: str) -> None:
    if not good:
        raise ValueError(f"{member}: {what}")
def root(leaf: bytes, index: int, size: int, path: list[str]) -> bytes:  # RFC 9162 §2.1.3.2
    number, last, found = index, size - 1, sha256(b"\0" + leaf).digest()
    for step in [base64.b64decode(f"{text}==") for text in path]:
        left = number % 2 or number == last
        found = sha256(b"\1" + step + found if left else b"\1" + found + step).digest()
        while left and number and number % 2 == 0:
            number, last = number // 2, last // 2
        number, last = (number // 2, last // 2) if last > 0 else (0, -1)
    return found if last == 0 <= index < size else b""
def checkpoint(note: str, key: str) -> tuple[int, bytes]:  # c2sp.org/tlog-checkpoint
    (name, _, packed), (text, _, lines) = key.strip().split("+", 2), note.rpartition("\n\n")
    public, by = base64.b64decode(packed)[1:], f"— {name} "
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
def check(file: str, key: str) -> list[str]:
    with zipfile.ZipFile(file) as opened:
        has = {one.filename: opened.read(one) for one in opened.infolist() if one.file_size < 1 << 26}
    told, events = json.loads(has["manifest.json"]), {-1: json.loads(b"{}")}
    size, top = checkpoint(has["checkpoint"].decode(), key)
    for name in [one for one in has if len(one.split("/")[-1]) == 64]:
        need(sha256(has[name]).hexdigest() == name.split("/")[-1], name, "its bytes have another hash")
    for name in [one for one in has if one.startswith("events/") and one.endswith(".json")]:
        proof, number = has[f"{name[:-4]}tlog-proof"], int(name[7:-5])
        need(proof.endswith(b"\n\n" + has["checkpoint"]), name, "its proof is under another checkpoint")
        _, index, *path = proof.decode().partition("\n\n")[0].split("\n")
        need(root(has[name], number, size, path) == top and index == f"index {number}", name, f"it is not in the log of {size} events that was signed")
        events[number] = json.loads(has.get(f"sealed/{json.loads(has[name]).get('digest')}", has[name]).rpartition(b"\n")[2])
    publish, load = events[told["publish"]], events[events[told["publish"]]["load"]]
    validate, fetch, layer = events[publish["validate"]], events[load["fetch"]], load["layers"][told["layer"]]
    for leaf in told["leaves"]:
        need(root(has[leaf["member"]], leaf["index"], layer["subjects"], leaf["path"]).hex() == layer["root"], leaf["member"], "it is not in the root of the version")
    statement, lines = has["statement.nt"], b"".join(has[leaf["member"]] for leaf in told["leaves"])
    need((statement in lines.splitlines(True)) != told["absent"], "statement.nt", "the version says otherwise")
    keys, own = [(has[x["member"]].split(b" ")[0] + b" ", x["index"]) for x in told["leaves"]], statement.split(b" ")[0] + b" "
    ends = [n + 1 for k, n in keys if k < own] or [0], [n for k, n in keys if k > own] or [layer["subjects"]]
    need(own in dict(keys) or ends[0] == ends[1], "manifest.json", "its leaves are no neighbours")
    said = [f"{load['source']} version {load['version']} ({told['layer']}) {'does not say it, if its lines are sorted' if told['absent'] else 'says it'}; published {publish['at']}"]
    rows, whole = has.get(f"rows/{layer['rows']}", b""), has.get(f"lines/{layer['lines']}", b"")
    need(told["format"] == "ulzii-evidence@v1", "manifest.json", "its format is not known")
    need(not rows or origins(rows, told["number"]) == told["origins"], "manifest.json", "the row map names other records")
    need(not whole or whole.splitlines(True)[told["number"]] == statement, "manifest.json", "the statement has another number")
    responses = {one.get("sha256"): one for one in json.loads(has[f"responses/{fetch['manifest']}"])}
    items, paths = json.loads(has.get(f"marks/{load.get('marks')}", b'{"items": {}}'))["items"], told.get("paths", [None] * len(told["origins"]))
    for n, ((capture, locator, _), (at, length, pieces), way) in enumerate(zip(told["origins"], told["places"], paths, strict=True), 1):
        need(capture in {*responses, validate["report"]}, "manifest.json", "no event names its capture")
        for index, path in pieces:
            need(root(has[f"pieces/{capture}.{index}"], index, -(-responses[capture]["bytes"] // 65536), path).hex() == responses[capture]["chunks"], f"pieces/{capture}.{index}", "it is no piece of the capture")
        held, record = has.get(f"captures/{capture}") or b"".join(has[f"pieces/{capture}.{index}"] for index, _ in pieces), has.get(f"records/{n}", b"")
        need(not (held and record) or held[at - 65536 * pieces[0][0] if pieces else at:][:length] == record, f"records/{n}", "its capture has other bytes there")
        if way is not None and items and record:  # the row that a locator names, or the element of an array
            kind, _, number = locator.rpartition("/") if locator[0] == "/" else ("row", "", int(locator.split("=")[1].split(",")[0]) - 1)
            need(root(record, int(number), items[capture][kind]["count"], way).hex() == items[capture][kind]["root"], f"records/{n}", "it is not that row or element")
        known = "proven to be that row or element, as the load logged it" if way is not None and items else "proven, but not their place" if held else WORD
        said += [f"made from {locator} of capture {capture}: {'proven' if rows and whole else WORD}; its bytes: {known if record else 'not enclosed'}"]
    return said
if __name__ == "__main__":
    try:
        print(*check(sys.argv[1], sys.argv[2]), sep="\n")
    except (ArithmeticError, LookupError, TypeError, ValueError, struct.error, zipfile.BadZipFile) as error:
        sys.exit(f"not proven: {error}")
