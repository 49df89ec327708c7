"""What spreadsheet programs write into a cell where they have no value: `#REF!`, `#DIV/0!`.

In files of Russian programs they are translated, and CSV that such a program writes has them too.
"""

from __future__ import annotations

import re

NO_RESULT = "#NO-RESULT"
"""The text of a cell with a formula whose result the file has not: it was never calculated."""
_ERROR = re.compile(
    r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!"
    r"|ПУСТО!|ДЕЛ/0!|ЗНАЧ!|ССЫЛКА!|ИМЯ\?|ЧИСЛО!|Н/Д)|(?:Err|Ошибка):5\d\d",
    re.IGNORECASE,
)
_BEGINNINGS = frozenset("#EeОо")


def cell_error(text: str) -> str:
    """What is wrong with a cell in which a program left an error, in words; else ``."""
    bare = text.strip()
    if bare[:1] not in _BEGINNINGS:  # as nearly all cells are
        return ""
    if bare == NO_RESULT:
        return "a formula without its result: the program that wrote the file does not calculate"
    return f"“{bare}” is an error of a spreadsheet program" if _ERROR.fullmatch(bare) else ""
