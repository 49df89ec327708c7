"""What stands in a cell: text → number, period, missing mark or unit, or a ValueError that says
what is wrong with it.

Nothing is guessed here: what a column means is declared. `fitting_locales` and `fitting_kinds` say
for the texts of a column what could be declared, and whether that is the only possibility.
"""

from __future__ import annotations

from loaders.tables.values.cell_errors import cell_error
from loaders.tables.values.dates import date, date_time
from loaders.tables.values.letters import Folded, fold, folded
from loaders.tables.values.missing import MissingMark, missing
from loaders.tables.values.numbers import LOCALES, LocaleFit, fitting_locales, number
from loaders.tables.values.period_kinds import KindFit, fitting_kinds
from loaders.tables.values.periods import Period, period
from loaders.tables.values.totals import is_total
from loaders.tables.values.units import Quantity, Unit, quantity, split_head, unit

__all__ = [
    "LOCALES",
    "Folded",
    "KindFit",
    "LocaleFit",
    "MissingMark",
    "Period",
    "Quantity",
    "Unit",
    "cell_error",
    "date",
    "date_time",
    "fitting_kinds",
    "fitting_locales",
    "fold",
    "folded",
    "is_total",
    "missing",
    "number",
    "period",
    "quantity",
    "split_head",
    "unit",
]
