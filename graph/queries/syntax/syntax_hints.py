"""Helpful messages for queries that the engine cannot parse.

The engine reports where it stopped and which tokens it expected there. Most mistakes are an
undeclared prefix, an unclosed bracket or a misspelt keyword; these are detected in the tokens, and
reported with their position and a hint, in Mongolian and English.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from itertools import pairwise

from graph.core.errors import QuerySyntaxError
from graph.queries.syntax import (
    character_mistakes,
    clause_mistakes,
    expression_mistakes,
    other_languages,
    select_mistakes,
)
from graph.queries.syntax.bilingual import Bilingual, SyntaxHint, syntax_error, written_so
from graph.queries.syntax.positions import line_and_column, offset
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


def explain(text: str, error: QuerySyntaxError, *, update: bool = False) -> QuerySyntaxError:
    """The engine's error with the mistake named, an excerpt of the line, and a hint.

    `update` says that the text was sent as an update, not as a query.
    """
    tokens = list(tokenize(text))
    # An invalid IRI is reported exactly, and makes the tokens after it unreliable.
    detectors = () if error.message == _INVALID_IRI else _DETECTORS[update:]
    hints = (hint for detect in detectors if (hint := detect(text, tokens)))
    hint = next(hints, None) or _parser_message(text, tokens, error)
    line, column = error.line, error.column
    if hint.start is not None:
        line, column = line_and_column(text, hint.start)
    return syntax_error(text, line, column, hint.message, hint.hint)


def _parser_message(text: str, tokens: Sequence[Token], error: QuerySyntaxError) -> SyntaxHint:
    """The engine's own message, for mistakes that no detector knows."""
    if error.message == _INVALID_IRI:
        message = Bilingual(mn="энд буруу бичигдсэн IRI байна", en="this IRI is not valid")
        return SyntaxHint(None, message, _IRI_HINT)
    if not tokens:
        return SyntaxHint(None, Bilingual(mn="асуулга хоосон байна", en="the query is empty"))
    if not error.message.startswith("expected"):
        mn = "асуулгын хувьсагчид хоорондоо зөрчилдөж байна"  # all that it says in sentences
        return SyntaxHint(None, Bilingual(mn=mn, en=error.message))
    end = offset(text, error.line, error.column)
    last = ([t for t in tokens if t.start < end] or tokens)[-1].text
    expected = error.message.removeprefix("expected ").removesuffix("…").removesuffix(", ")
    return SyntaxHint(
        None,
        Bilingual(
            mn=f"“{last}”-аас цааш уншиж чадсангүй",
            en=f"the query cannot be parsed after “{last}”",
        ),
        Bilingual(
            mn="Гурвалуудын хоорондох цэг, эсвэл хаалт дутуу эсэхийг шалгана уу.",
            en="Check for a missing “.” between two triples, or a missing bracket."
            + (f" The parser expected {expected}." if expected else ""),
        ),
    )


_INVALID_IRI = "IRI parsing failed"
_IRI_HINT = Bilingual(
    mn='IRI дотор зай болон <>"{}|^`\\ тэмдэгт байж болохгүй.',
    en='An IRI cannot contain spaces or any of <>"{}|^`\\.',
)


def _update_as_query(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`INSERT DATA …` sent as a query."""
    words = (t for t in tokens if t.kind == "word" and t.text.upper() in KEYWORDS - _PROLOGUE)
    word = next(words, None)
    if word is None or word.text.upper() not in _UPDATES:
        return None
    return SyntaxHint(
        word.start,
        Bilingual(
            mn="энэ нь асуулга биш, өөрчлөх үйлдэл (update) байна",
            en="this is an update, not a query",
        ),
        Bilingual(
            mn="Асуулга SELECT, ASK, CONSTRUCT, DESCRIBE-ийн аль нэгээр эхэлнэ.",
            en="A query begins with SELECT, ASK, CONSTRUCT or DESCRIBE.",
        ),
    )


_PROLOGUE = frozenset(("BASE", "PREFIX", "VERSION", "A"))


def _unclosed_string(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    # The tokenizer reads whole strings; a quotation mark that is left over opens an unclosed one.
    quote = next((t for t in tokens if t.kind == "sign" and t.text in {'"', "'"}), None)
    if quote is None:
        return None
    return SyntaxHint(
        quote.start,
        Bilingual(
            mn="энд эхэлсэн тэмдэгт мөр хаагдаагүй байна",
            en="the string that begins here is not closed",
        ),
        Bilingual(
            mn='Олон мөр бичвэрийг """…""" дотор, бичвэр доторх хашилтыг \\" гэж бичнэ.',
            en='Write text of several lines in """…""", and a quotation mark inside it as \\".',
        ),
    )


def _prefix_without_colon(text: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`PREFIX dcat <…>`."""
    for before, word in pairwise(tokens):
        if before.text.upper() == "PREFIX" and word.kind == "word":
            declaration = f"PREFIX {word.text}: <{WELL_KNOWN.get(word.text, '…')}>"
            return SyntaxHint(
                word.start,
                Bilingual(
                    mn="угтварын нэр тодорхойлох цэгээр төгсөнө", en="a prefix ends with a colon"
                ),
                written_so(declaration),
            )
    return None


def _misspelt_keyword(text: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    for i, word in enumerate(tokens):
        is_exponent = (  # the `e6` of 1e6
            i > 0 and tokens[i - 1].end == word.start and tokens[i - 1].kind == "number"
        )
        if word.kind != "word" or is_exponent or word.text.upper() in KEYWORDS:
            continue
        similar = get_close_matches(word.text.upper(), KEYWORDS, n=1, cutoff=0.7)
        return SyntaxHint(
            word.start,
            Bilingual(
                mn=f"SPARQL-д “{word.text}” гэсэн түлхүүр үг байхгүй",
                en=f"“{word.text}” is not a SPARQL keyword",
            ),
            Bilingual(mn=f"“{similar[0]}” гэх гэсэн үү?", en=f"Did you mean {similar[0]}?")
            if similar
            else _NAME_HINT,
        )
    return None


_NAME_HINT = Bilingual(
    mn="Хувьсагчийг “?”-ээр эхлүүлж, нэрийг угтвартай нь бичнэ (dct:title).",
    en="A variable begins with “?”, a name with its prefix (dct:title).",
)


def _undeclared_prefix(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    declared = {b.text.partition(":")[0] for a, b in pairwise(tokens) if a.text.upper() == "PREFIX"}
    for name in tokens:
        prefix = name.text.partition(":")[0]
        if name.kind != "name" or prefix in declared or name.text.startswith("_:"):
            continue
        declaration = f"PREFIX {prefix}: <{WELL_KNOWN.get(prefix, '…')}>"
        return SyntaxHint(
            name.start,
            Bilingual(
                mn=f"“{prefix}:” угтвар зарлагдаагүй байна",
                en=f"the prefix “{prefix}:” is not declared",
            ),
            Bilingual(mn=f"Эхэнд нь нэмнэ үү: {declaration}", en=f"Add at the top: {declaration}"),
        )
    return None


def _filter_without_brackets(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`FILTER ?x > 5`."""
    for word, after in pairwise(tokens):
        if word.text.upper() == "FILTER" and after.kind in {"variable", "number", "string"}:
            return SyntaxHint(
                after.start,
                Bilingual(
                    mn="FILTER-ийн нөхцөлийг хаалтад бичнэ",
                    en="the condition of FILTER must be in brackets",
                ),
                Bilingual(mn="Ингэж бичнэ үү: FILTER(…)", en="Write FILTER(…)"),
            )
    return None


def _missing_as(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`(COUNT(?x) ?n)`."""
    for one, two, three in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (one.text, two.kind, three.text) == (")", "variable", ")"):
            return SyntaxHint(
                two.start,
                Bilingual(
                    mn=f"“{two.text}”-ийн өмнө AS дутуу байна",
                    en=f"AS is missing before “{two.text}”",
                ),
                written_so(f"(… AS {two.text})"),
            )
    return None


def _unbalanced_brackets(text: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    opened: list[Token] = []
    for token in tokens:
        if token.text in _CLOSES.values():
            opened.append(token)
        elif token.text in _CLOSES and (not opened or opened.pop().text != _CLOSES[token.text]):
            message = Bilingual(
                mn=f"“{token.text}” хаалтад харгалзах нээх хаалт алга",
                en=f"“{token.text}” has no matching opening bracket",
            )
            return SyntaxHint(token.start, message, _BRACKET_HINT)
    if not opened:
        return None
    line, column = line_and_column(text, opened[-1].start)
    bracket = opened[-1].text
    message = Bilingual(
        mn=f"{line}-р мөрийн {column}-р тэмдэгт дэх “{bracket}” хаагдаагүй байна",
        en=f"“{bracket}” in line {line}, column {column} is not closed",
    )
    return SyntaxHint(None, message, _BRACKET_HINT)


_BRACKET_HINT = Bilingual(
    mn="Нээсэн хаалт бүрийг дарааллаар нь хаана.",
    en="Close every bracket that is opened, in the right order.",
)
# In order of certainty: the first mistake that is detected is reported. The first detector is for
# queries only; updates skip it.
_DETECTORS: tuple[Callable[[str, Sequence[Token]], SyntaxHint | None], ...] = (
    _update_as_query,
    character_mistakes.surrogate_pair,
    character_mistakes.curly_quote,
    character_mistakes.strange_space,
    character_mistakes.bad_escape,
    _unclosed_string,
    _prefix_without_colon,
    other_languages.iri_without_brackets,
    other_languages.foreign_word,
    clause_mistakes.missing_part,
    clause_mistakes.values_without_braces,
    clause_mistakes.closing_semicolon,
    _misspelt_keyword,
    _undeclared_prefix,
    _filter_without_brackets,
    _missing_as,
    _unbalanced_brackets,
    select_mistakes.unbracketed_expression,
    select_mistakes.comma,
    clause_mistakes.comma,
    clause_mistakes.direction_without_brackets,
    expression_mistakes.wrong_arguments,
    expression_mistakes.bound_of_value,
    expression_mistakes.aggregate_in_filter,
    select_mistakes.ungrouped_variable,
    expression_mistakes.bind_of_bound,
    select_mistakes.ordered_by_aggregate,
    select_mistakes.name_in_use,
)
