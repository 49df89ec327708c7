"""A trace as lines of text: from the statement down to the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graph.core.iris import RULE, Names
from graph.trace.model import (
    COMPUTED,
    COUNTED,
    ELSEWHERE,
    STATED_NOW,
    UNKNOWN,
    WITHDRAWN,
    Agency,
    DerivedFrom,
    Responsible,
    Seen,
    Stating,
    Trace,
    TracedRecord,
    TracedStatement,
)
from graph.trace.records.view import RecordView, ShownTable
from vocab.namespaces import RDF, SDMX_MEASURE

_STATUS = {
    STATED_NOW: "stated",
    WITHDRAWN: "withdrawn: no published version states it any more",
    COMPUTED: "computed by Ulzii from its ledger; no source states it",
    COUNTED: "part of the VoID description: counted in each snapshot, not traced",
    ELSEWHERE: "not stated there, but elsewhere:",
    UNKNOWN: "never stated, as far as this ledger goes",
}
_COMPARED = {True: "lines and row map", False: "lines; `ulzii verify` checks the large row map"}
_UNSAID = {
    "en": "the code of this version has no words for it; its lines are at",
    "mn": "энэ хувилбарын код үгээр тайлбарлаагүй; мөрүүд нь доорх хаягт бий",
}
_DEEPEST_SHOWN = 3
_MOST_PLACES = 3
_VALUE_OF = (str(RDF.value), str(SDMX_MEASURE.obsValue))
_WIDEST = 60  # characters of a cell
_HEADERS = ("status", "etag", "last_modified", "date")


def lines(one: Trace, names: Names) -> Iterator[str]:
    """The whole trace; of a thing with many statements each one in short."""
    short = len(one.statements) > 1
    if not one.statements:
        yield "nothing is stated about it, as far as this ledger goes"
    for each in one.statements:
        yield from _short(each) if short else _statement(each, names)
    if one.left_out:
        yield f"at least {one.left_out:,} more statements"


def _short(one: TracedStatement) -> Iterator[str]:
    yield one.line
    for stating in one.statings:
        for record in stating.records[:3]:
            version = f"{stating.version.source} v{stating.version.number} ({stating.layer})"
            yield f"  {version}, {_place(record)}, rule {record.rule}"


def _place(one: TracedRecord) -> str:
    return f"{one.response.get('name', one.capture[:16])}#{one.locator}"


def _statement(one: TracedStatement, names: Names) -> Iterator[str]:
    yield one.line or "(a statement that is not known)"
    yield f"  {one.iri}"
    yield f"  {_STATUS[one.status]}"
    if one.event:
        event = one.event
        yield f"  log/{event['index']} ({event['type']}, {event['at']}), graph {one.graph}"
    for line in one.instead:
        yield f"  what is stated: {line}"
    for stating in one.statings:
        yield from _stating(stating, names)


def _stating(one: Stating, names: Names) -> Iterator[str]:
    load = one.version.load
    yield ""
    title = load["title"].get("en") or next(iter(load["title"].values()), "")
    yield f"source   {one.version.source}: {title}"
    yield from _responsible(one.responsible)
    yield f"version  {names.version(one.version.source, one.version.number)}"
    yield f"         line {one.position + 1:,} of {one.total:,} in the layer {one.layer}"
    yield f"         checked against the log: {_COMPARED[one.is_compared]}"
    for seen in one.seen:
        yield f"seen     {_seen(seen)}"
    for record in one.records:
        yield from _record(record, names, one.fetch["at"])
    left = one.records_total - len(one.records)
    if left:
        yield f"         and {left:,} more records"
    code = names.code("mapping", one.version.source, load["code"])
    yield f"mapping  loader {one.loader or '?'}, {_environment(load['environment'])}"
    yield f"         {code}"
    yield from (f"         {code}/files/{path}" for path in filter(None, [one.settings]))
    for rule in dict.fromkeys(record.rule for record in one.records):
        yield from _rule(rule, one, code)
    yield from _checks(one)
    for part in one.derived_from:
        yield from _part(part, "derived")
    if one.finding:
        yield f"finding  {one.finding.iri}"
        yield from (f"         {text}" for text in dict.fromkeys(map(_result, one.finding.results)))
        for part in one.finding.about:
            yield from _part(part, "about  ")
    yield "log      " + ", ".join(f"{kind} log/{index}" for kind, index in one.events.items())


def _responsible(one: Responsible | None) -> Iterator[str]:
    """Which agency it is of; its IRI below its name."""
    if one is None:
        yield "agency   none states it: Ulzii concluded it"
        return
    if not one.stated_by:
        yield "agency   not named: it is of no dataset that has a publisher"
    for label, agencies in (("stated by:", one.stated_by), ("published here by", one.published_by)):
        for agency in agencies:
            yield f"agency   {label} {_name(agency)}"
            yield f"         {agency.iri}"
    if one.dataset:
        yield f"         as the dataset says: {one.dataset}"
    elif one.stated_by:
        yield "         as the description of the source says"


def _name(one: Agency) -> str:
    """Its English and its Mongolian name."""
    found = [one.names[language] for language in ("en", "mn") if language in one.names]
    return " / ".join(found or one.names.values())


def _environment(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(values.items()))


def _seen(one: Seen) -> str:
    first = f"since version {one.first.number} ({one.first.publish['at']})"
    if one.last is None:
        return first
    return f"{first} until version {one.last.number}"


def _record(one: TracedRecord, names: Names, at: str) -> Iterator[str]:
    yield f"record   {names.capture(one.capture, one.locator)}"
    yield f"         rule {one.rule}"
    yield from (f"         {text}" for text in _response(one, at))
    yield from (f"         {text}" for text in _view(one.view))


def _rule(rule: str, one: Stating, code: str) -> Iterator[str]:
    """What a rule of the mapping does, as the archived code says; a rule of findings has a page."""
    if "/" in rule:
        yield f"rule     {RULE}{rule}"
        return
    said = one.rules.get(rule, _UNSAID)
    yield f"rule     {rule}: {said['en']}"
    yield from (f"         {text}" for text in (said["mn"], f"{code}/files?rule={rule}"))


def _response(one: TracedRecord, at: str) -> Iterator[str]:
    """How its capture came; `at` is the time of the Fetch event."""
    response = one.response
    if not response:
        return
    read = response.get("kept") or at
    how = f"a local file, read at {read}" if one.is_local else f"fetched at {read}"
    yield f"{response['name']}, {response.get('bytes', 0):,} bytes, {how}"
    yield f"address {response.get('final') or response['url']}"
    if told := [f"{key} {response[key]}" for key in _HEADERS if key in response]:
        yield ", ".join(told)


def _view(one: RecordView) -> Iterator[str]:
    for name, text in one.cells.items():
        yield f"  {name} = {_cut(text)}"
    if one.value:
        yield f"  as written: {one.value}"
    if one.table:
        yield from _table(one.table)
    if one.text and not one.cells:
        yield from (f"  | {text}" for text in one.text.text.splitlines())
    if one.note:
        yield f"({one.note})"


def _table(one: ShownTable) -> Iterator[str]:
    marks = (f"{'>' if row.marked else ' '} {row.number}".rstrip() for row in one.rows)
    if one.sheet:
        yield f"  sheet “{one.sheet}”"
    rows = [("", *one.header)]
    rows += [(mark, *row.cells) for mark, row in zip(marks, one.rows, strict=True)]
    most = max(map(len, rows))
    padded = [[_cut(cell) for cell in row] + [""] * (most - len(row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*padded, strict=True)]
    for row in padded:
        yield "  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WIDEST else flat[: _WIDEST - 1] + "…"


def _checks(one: Stating) -> Iterator[str]:
    event = one.checked.event
    counts = ", ".join(f"{number:,} {severity}" for severity, number in event["counts"].items())
    yield f"checks   {counts}; report sha256-{event['report']}"
    yield f"         shapes sha256-{event['shapes']}"
    if not one.checked.is_searched:
        yield "         the report is too large to look for results about this subject"
    elif one.finding and one.finding.made_by:
        yield "         the finding was made by:"
        yield from dict.fromkeys(f"         {_result(each)}" for each in one.finding.made_by)
    elif not one.checked.results:
        yield "         no result is about this subject"
    for result in one.checked.results:
        yield f"         {_result(result)}"


def _result(result: Mapping[str, Any]) -> str:
    messages = result.get("messages", {})
    text = messages.get("en") or next(iter(messages.values()), "")
    return f"{result['severity']} {result['rule']}: {text}"


def _part(one: DerivedFrom, label: str, depth: int = 0) -> Iterator[str]:
    """A thing with its value and its records on one line, then what it was computed from."""
    value = "".join(f" = {text}" for text in _values(one.lines))
    places = ", ".join(f"{_place(record)} ({record.rule})" for record in one.records[:_MOST_PLACES])
    more = ", …" if len(one.records) > _MOST_PLACES else ""
    yield f"{label}  {'  ' * depth}{one.iri}{value}"
    yield f"         {'  ' * depth}  {places}{more}"
    if depth < _DEEPEST_SHOWN:
        for part in one.parts:
            yield from _part(part, " " * len(label), depth + 1)


def _values(lines: Iterable[str]) -> Iterator[str]:
    """The numbers and texts that lines give as the value of something."""
    for line in lines:
        _, predicate, value = line.split(" ", 2)
        if predicate in _VALUE_OF:
            yield value[:-2].partition("^^")[0].strip('"')
