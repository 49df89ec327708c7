"""Validation reports as a table, JSON, CSV or RDF."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from graph.core.formula_cells import escape_formula
from graph.core.iris import DEF, ROOT, RULE, Names
from graph.export import PREFIXES
from loaders.validation.candidate import CandidateDocument
from shapes.profiles import VERSION
from shapes.results import SEVERITIES, ValidationReport, ValidationResult
from vocab.namespaces import PROV, SH, SKOS

_SHOWN = 5
_WIDTH = 100

_WORDS = {
    "mn": {
        "Violation": "Зөрчил",
        "Warning": "Анхааруулга",
        "Info": "Мэдээлэл",
        "conforms": "{name} ({syntax}) {profile} дүрэмд нийцэж байна",
        "fails": "{name} ({syntax}) {profile} дүрэмд нийцэхгүй байна",
        "counts": "{statements:,} мэдүүлэг: {v} зөрчил, {w} анхааруулга, {i} мэдээлэл",
        "more": "… өөр {n} газарт (бүгдийг харах: --all)",
        "whole": "Урьдчилсан шүүлтгүйгээр, бүхэлд нь pySHACL-аар шалгасан дүрэм: {rules}",
    },
    "en": {
        "Violation": "Violation",
        "Warning": "Warning",
        "Info": "Note",
        "conforms": "{name} ({syntax}) conforms to {profile}",
        "fails": "{name} ({syntax}) does not conform to {profile}",
        "counts": "{statements:,} statements: {v} violations, {w} warnings, {i} notes",
        "more": "… and {n} more places (--all shows them)",
        "whole": "Validated completely by pySHACL, without the prefilter: {rules}",
    },
}


@dataclass(frozen=True, slots=True)
class ValidatedDocument:
    """A report, the document it is about, and how to show it."""

    candidate: CandidateDocument
    profile: str
    report: ValidationReport
    language: str = "mn"
    show_all: bool = False

    def place(self, result: ValidationResult) -> str:
        """The place in the document: `line 7`, a JSON Pointer, or empty.

        A SPARQL rule has the catalogue as focus node and names the resource at fault as the value.
        """
        if "place" in result.details:  # met while the document was read
            return result.details["place"]
        whole = result.component.endswith("#SPARQLConstraintComponent")
        named = whole and isinstance(result.value, ox.NamedNode) and result.value.value
        return self.candidate.locations.get(named or result.focus, "")

    def message(self, result: ValidationResult) -> str:
        """The message in the chosen language, else in any."""
        texts = result.messages
        return texts.get(self.language) or next(iter(texts.values()), result.component)


def table(checked: ValidatedDocument) -> str:
    """A table for a terminal: each rule once, with the first places that violate it."""
    words, report = _WORDS[checked.language], checked.report
    v, w, i = (report.counts[severity] for severity in SEVERITIES)
    about = {
        "name": checked.candidate.name,
        "syntax": checked.candidate.syntax,
        "profile": checked.profile,
    }
    head = words["conforms" if report.conforms else "fails"].format(**about)
    counts = words["counts"].format(statements=report.statements, v=v, w=w, i=i)
    blocks = groupby(report.results, key=lambda r: (r.severity, r.rule, checked.message(r)))
    body = [line for key, results in blocks for line in _block(checked, key, list(results))]
    return "\n".join([head, counts, *body, *_fully_validated(checked)]) + "\n"


def _fully_validated(checked: ValidatedDocument) -> Iterator[str]:
    if rules := ", ".join(map(_short, checked.report.whole)):
        yield ""
        yield _WORDS[checked.language]["whole"].format(rules=rules)


def _block(
    checked: ValidatedDocument, key: tuple[str, str, str], results: list[ValidationResult]
) -> Iterator[str]:
    severity, rule, message = key
    words = _WORDS[checked.language]
    yield ""
    yield f"{words[severity]} × {len(results)}  {message}  [{_short(rule)}]"
    shown = results if checked.show_all else results[:_SHOWN]
    for result in shown:
        yield "  " + "  ".join(filter(None, (checked.place(result), _subject(checked, result))))
    if len(results) > len(shown):
        yield "  " + words["more"].format(n=len(results) - len(shown))


def _subject(checked: ValidatedDocument, result: ValidationResult) -> str:
    pointed = result.focus.startswith(checked.candidate.iri + "#")
    named = "" if pointed else f"<{result.focus}>"
    focus = result.focus if result.focus.startswith("_:") else named
    value = "" if result.value is None else _cut(str(result.value))
    return "  ".join(filter(None, (focus, _name(result.path), value if value != named else "")))


def _name(path: str) -> str:
    """A property with its prefix: `dct:title`."""
    prefixed = (f"{p}:{path[len(n) :]}" for p, n in PREFIXES.items() if path.startswith(n))
    return next(prefixed, path)


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _short(rule: str) -> str:
    return rule.removeprefix(RULE)


def as_json(checked: ValidatedDocument) -> str:
    """The report as JSON, with the place of each focus node."""
    document: dict[str, Any] = json.loads(checked.report.to_json())
    for entry, result in zip(document["results"], checked.report.results, strict=True):
        entry["place"] = checked.place(result)
    document |= {"data": checked.candidate.iri, "name": checked.candidate.name}
    document["profile"] = checked.profile
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


_COLUMNS = ("severity", "rule", "place", "focus", "path", "value", "mn", "en")


def as_csv(checked: ValidatedDocument) -> str:
    """CSV for spreadsheets, formulas escaped: one row per result, in both languages."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    rows.writerows(_row(checked, result) for result in checked.report.results)
    return out.getvalue()


def _row(checked: ValidatedDocument, result: ValidationResult) -> tuple[str, ...]:
    value = "" if result.value is None else str(result.value)
    where = checked.place(result), result.focus, result.path, value
    words = result.messages.get("mn", ""), result.messages.get("en", "")
    return tuple(map(escape_formula, (result.severity, _short(result.rule), *where, *words)))


def as_turtle(checked: ValidatedDocument) -> str:
    """A sh:ValidationReport that names the data and shapes it is about."""
    iri = f"{checked.candidate.iri}/validation/{checked.profile}"
    lines = [*checked.report.to_ntriples(iri).splitlines(), *_used(checked, ox.NamedNode(iri))]
    triples = (q.triple for q in ox.parse(b"\n".join(sorted(lines)), ox.RdfFormat.N_TRIPLES))
    return _turtle(triples)


def _used(checked: ValidatedDocument, report: ox.NamedNode) -> Iterator[bytes]:
    code = Names(ROOT).code("shapes", checked.profile, checked.report.shapes)
    shapes = ox.NamedNode(f"{DEF}profile/{checked.profile}/{VERSION}")
    used = (PROV.used, ox.NamedNode(checked.candidate.iri)), (PROV.used, ox.NamedNode(code))
    notes = ((SKOS.note, note) for note in _notes(checked.report))
    for predicate, value in (*used, (SH.shapesGraph, shapes), *notes):
        yield f"{report} {predicate} {value} .".encode()


def _notes(report: ValidationReport) -> Iterator[ox.Literal]:
    """Notes on how rules were validated, for which SHACL has no property."""
    rules = " ".join(f"<{shape}>" for shape in report.whole)
    for language in _WORDS if rules else ():
        yield ox.Literal(_WORDS[language]["whole"].format(rules=rules), language=language)


def _turtle(triples: Iterable[ox.Triple]) -> str:
    prefixes = {"prov": str(PROV), "sh": str(SH), "skos": str(SKOS)}
    body = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    assert body is not None
    return body.decode()


FORMATS: dict[str, Callable[[ValidatedDocument], str]] = {
    "table": table,
    "json": as_json,
    "csv": as_csv,
    "ttl": as_turtle,
}
