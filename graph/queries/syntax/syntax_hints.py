"""What is wrong with a query that the engine cannot parse, in words that help.

The engine says how far it came and what could have stood there. The mistakes people make are
mostly a forgotten prefix, a bracket left open, a keyword misspelt; those are found in the tokens,
and each is told with its place and with what to do, in Mongolian and English.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import NamedTuple

from graph.core.errors import QuerySyntaxError
from graph.queries.syntax.positions import excerpt, line_and_column, offset, start
from graph.queries.syntax.prefixes import WELL_KNOWN
from graph.queries.syntax.tokens import Token, tokenize

_UPDATES = frozenset("INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH".split())
_GRAMMAR = frozenset(
    """
    BASE PREFIX VERSION SELECT DISTINCT REDUCED AS CONSTRUCT WHERE DESCRIBE ASK FROM NAMED GROUP BY
    HAVING ORDER ASC DESC LIMIT OFFSET VALUES UNDEF GRAPH OPTIONAL SERVICE SILENT BIND MINUS UNION
    FILTER NOT IN EXISTS LATERAL SEPARATOR A TRUE FALSE INTO DATA USING DEFAULT ALL TO
    """.split()
)
_FUNCTIONS = frozenset(
    """
    STR LANG LANGMATCHES LANGDIR DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT
    STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY
    HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF
    STRLANG STRLANGDIR STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE
    HASLANG HASLANGDIR ISTRIPLE TRIPLE SUBJECT PREDICATE OBJECT COUNT SUM MIN MAX AVG SAMPLE
    GROUP_CONCAT ADJUST
    """.split()
)
KEYWORDS = _GRAMMAR | _FUNCTIONS | _UPDATES
_CLOSES = {")": "(", "]": "[", "}": "{"}


class SyntaxHint(NamedTuple):
    """A mistake: where it begins (None: where the engine stopped), what it is, what to do; each
    in Mongolian and English."""

    start: int | None
    message: tuple[str, str]
    hint: tuple[str, str]


def explain(text: str, error: QuerySyntaxError, *, update: bool = False) -> QuerySyntaxError:
    """The engine's error with the mistake named, an excerpt of the line, and a hint.

    `update` says that an update was wanted rather than a query.
    """
    found = list(tokenize(text))
    looks = () if error.message == _INVALID_IRI else _DETECTORS[update:]
    told = next((told for look in looks if (told := look(text, found))), None)
    told = told or _parser_message(text, found, error)
    line, column = error.line, error.column
    if told.start is not None:
        line, column = line_and_column(text, told.start)
    return QuerySyntaxError(
        told.message[1],
        line=line,
        column=column,
        hint=told.hint[1],
        excerpt=excerpt(text, line, column) if line else "",
        message_mn=told.message[0],
        hint_mn=told.hint[0],
    )


def _parser_message(text: str, found: Sequence[Token], error: QuerySyntaxError) -> SyntaxHint:
    """What is known where no mistake is: how far the engine came, and what it says."""
    if error.message == _INVALID_IRI:
        return SyntaxHint(
            None, ("энд буруу бичигдсэн IRI байна", "an IRI is wrong here"), _IRI_HINT
        )
    if not found:
        return SyntaxHint(None, ("асуулга хоосон байна", "the query is empty"), ("", ""))
    if not error.message.startswith("expected"):
        return SyntaxHint(None, ("", error.message), ("", ""))
    end = offset(text, error.line, error.column)
    read = [t for t in found if start(t) < end]
    last = (read or found)[-1].text
    wanted = error.message.removeprefix("expected ").removesuffix("…").removesuffix(", ")
    return SyntaxHint(
        None,
        (f"“{last}”-аас цааш уншиж чадсангүй", f"it cannot be read beyond “{last}”"),
        (
            "Өгүүлбэрүүдийн хоорондох цэг, эсвэл хаалт дутуу эсэхийг шалгана уу.",
            "Is a “.” between two statements missing, or a bracket?"
            + (f" The engine says: expected {wanted}." if wanted else ""),
        ),
    )


_INVALID_IRI = "IRI parsing failed"
_IRI_HINT = (
    'IRI дотор зай болон <>"{}|^`\\ тэмдэгт байж болохгүй.',
    'An IRI has no spaces and none of <>"{}|^`\\ in it.',
)


def _update_as_query(_: str, found: Sequence[Token]) -> SyntaxHint | None:
    """`INSERT DATA …` sent as a query."""
    word = next(
        (t for t in found if t.kind == "word" and t.text.upper() in KEYWORDS - _PROLOGUE), None
    )
    if word is None or word.text.upper() not in _UPDATES:
        return None
    return SyntaxHint(
        start(word),
        ("энэ бол өөрчлөх хүсэлт (update), асуулга биш", "this is an update, not a query"),
        (
            "Асуулга SELECT, ASK, CONSTRUCT, DESCRIBE-ийн аль нэгээр эхэлнэ.",
            "A query begins with SELECT, ASK, CONSTRUCT or DESCRIBE.",
        ),
    )


_PROLOGUE = frozenset(("BASE", "PREFIX", "VERSION", "A"))


def _unclosed_string(_: str, found: Sequence[Token]) -> SyntaxHint | None:
    quote = next((t for t in found if t.kind == "sign" and t.text in {'"', "'"}), None)
    if quote is None:
        return None
    return SyntaxHint(
        start(quote),
        ("энд эхэлсэн бичвэр хаагдаагүй байна", "the text that begins here is not ended"),
        (
            'Олон мөр бичвэр """…""" дотор, бичвэр доторх хашилт \\" гэж бичигдэнэ.',
            'Text over several lines stands in """…""", a quotation mark inside is \\".',
        ),
    )


def _prefix_without_colon(text: str, found: Sequence[Token]) -> SyntaxHint | None:
    """`PREFIX dcat <…>`."""
    for before, word in pairwise(found):
        if before.text.upper() == "PREFIX" and word.kind == "word":
            right = f"PREFIX {word.text}: <{WELL_KNOWN.get(word.text, '…')}>"
            return SyntaxHint(
                start(word),
                ("угтварын нэр тодорхойлох цэгээр төгсөнө", "a prefix ends with a colon"),
                (f"Ингэж бичнэ үү: {right}", f"Write {right}"),
            )
    return None


def _misspelt_keyword(text: str, found: Sequence[Token]) -> SyntaxHint | None:
    for i, word in enumerate(found):
        glued = i > 0 and found[i - 1].end == start(word) and found[i - 1].kind == "number"  # 1e6
        if word.kind != "word" or glued or word.text.upper() in KEYWORDS:
            continue
        close = get_close_matches(word.text.upper(), KEYWORDS, n=1, cutoff=0.7)
        return SyntaxHint(
            start(word),
            (f"SPARQL-д “{word.text}” гэсэн үг байхгүй", f"“{word.text}” is no word of SPARQL"),
            (f"“{close[0]}” гэх гэсэн үү?", f"Did you mean {close[0]}?") if close else _NAME_HINT,
        )
    return None


_NAME_HINT = (
    "Хувьсагч “?”-ээр эхэлж, нэр угтвартай бичигдэнэ (dct:title).",
    "A variable begins with “?”, a name with its prefix (dct:title).",
)


def _undeclared_prefix(_: str, found: Sequence[Token]) -> SyntaxHint | None:
    """A name whose prefix is not declared."""
    declared = {b.text.partition(":")[0] for a, b in pairwise(found) if a.text.upper() == "PREFIX"}
    for name in found:
        prefix = name.text.partition(":")[0]
        if name.kind != "name" or prefix in declared or name.text.startswith("_:"):
            continue
        line = f"PREFIX {prefix}: <{WELL_KNOWN.get(prefix, '…')}>"
        return SyntaxHint(
            start(name),
            (f"“{prefix}:” угтвар зарлагдаагүй", f"the prefix “{prefix}:” is not declared"),
            (f"Эхэнд нэмнэ үү: {line}", f"Add at the top: {line}"),
        )
    return None


def _filter_without_brackets(_: str, found: Sequence[Token]) -> SyntaxHint | None:
    """`FILTER ?x > 5`."""
    for word, behind in pairwise(found):
        if word.text.upper() == "FILTER" and behind.kind in {"variable", "number", "string"}:
            return SyntaxHint(
                start(behind),
                ("FILTER-ийн нөхцөл хаалтанд бичигдэнэ", "FILTER wants its condition in brackets"),
                ("Ингэж бичнэ үү: FILTER(…)", "Write FILTER(…)"),
            )
    return None


def _missing_as(_: str, found: Sequence[Token]) -> SyntaxHint | None:
    """`(COUNT(?x) ?n)`."""
    for one, two, three in zip(found, found[1:], found[2:], strict=False):
        if (one.text, two.kind, three.text) == (")", "variable", ")"):
            return SyntaxHint(
                start(two),
                (f"“{two.text}”-ийн өмнө AS алга", f"AS is missing before “{two.text}”"),
                (f"Ингэж бичнэ үү: (… AS {two.text})", f"Write (… AS {two.text})"),
            )
    return None


def _unbalanced_brackets(text: str, found: Sequence[Token]) -> SyntaxHint | None:
    opened: list[Token] = []
    for token in found:
        if token.text in _CLOSES.values():
            opened.append(token)
        elif token.text in _CLOSES and (not opened or opened.pop().text != _CLOSES[token.text]):
            mn, en = f"“{token.text}” харгалзах нээх хаалтгүй", f"“{token.text}” closes nothing"
            return SyntaxHint(start(token), (mn, en), _BRACKET_HINT)
    if not opened:
        return None
    line, column = line_and_column(text, start(opened[-1]))
    mark = opened[-1].text
    mn = f"{line}-р мөрийн {column}-р тэмдэгт дэх “{mark}” хаагдаагүй"
    return SyntaxHint(
        None, (mn, f"“{mark}” of line {line}, column {column} is not closed"), _BRACKET_HINT
    )


_BRACKET_HINT = (
    "Хаалт бүрийг хосоор нь бичнэ.",
    "Every bracket that is opened is closed, in turn.",
)
# The first one is for queries alone.
_DETECTORS: tuple[Callable[[str, Sequence[Token]], SyntaxHint | None], ...] = (
    _update_as_query,
    _unclosed_string,
    _prefix_without_colon,
    _misspelt_keyword,
    _undeclared_prefix,
    _filter_without_brackets,
    _missing_as,
    _unbalanced_brackets,
)
