"""Solutions as CSV and TSV for spreadsheets: formulas are escaped, which the W3C formats
(https://www.w3.org/TR/sparql11-results-csv-tsv/) do not do."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

import pyoxigraph as ox

from graph.core.formula_cells import escape_formula, is_formula
from graph.queries.results.spool import ResultSpool
from vocab.namespaces import XSD
from vocab.terms import Term

_BARE = frozenset({XSD.integer.value, XSD.decimal.value, XSD.boolean.value})
_BARE_VALUE = re.compile(r"[+-]?\d+(?:\.\d+)?|true|false")


def write(solutions: ox.QuerySolutions, name: str, spool: ResultSpool) -> None:
    """Write solutions as `csv` or `tsv`."""
    variables = [variable.value for variable in solutions.variables]
    if name == "csv":
        rows = csv.writer(_Utf8(spool), lineterminator="\r\n")
        rows.writerow(map(escape_formula, variables))
        rows.writerows([_cell(term) for term in row] for row in solutions)
        return
    spool.write("\t".join(f"?{name}" for name in variables).encode() + b"\n")
    for row in solutions:
        spool.write("\t".join(map(_turtle, row)).encode() + b"\n")


class _Utf8:
    """A text writer over a spool."""

    def __init__(self, spool: ResultSpool) -> None:
        self._write: Callable[[bytes], int] = spool.write

    def write(self, text: str) -> int:
        return self._write(text.encode())


def _cell(term: Term | None) -> str:
    return escape_formula(_plain(term))


def _plain(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.Triple):
        return " ".join(map(_plain, (term.subject, term.predicate, term.object)))
    return str(term) if isinstance(term, ox.BlankNode) else term.value


def _term(term: Term | None) -> str:
    if term is None:
        return ""
    return f"<<( {term} )>>" if isinstance(term, ox.Triple) else str(term)


def _turtle(term: Term | None) -> str:
    """A term as in Turtle; spreadsheets remove the quotes of a string before they look at it."""
    if not isinstance(term, ox.Literal):
        return _term(term)
    if term.datatype.value in _BARE and _BARE_VALUE.fullmatch(term.value):
        return term.value
    quoted = str(term)
    return f"\"'{quoted[1:]}" if is_formula(term.value) else quoted
