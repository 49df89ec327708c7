"""Characters that word processors and other languages write, and SPARQL does not know."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from graph.queries.syntax.bilingual import Bilingual, SyntaxHint
from graph.queries.syntax.tokens import Token

_QUOTES = frozenset("“”„‟«»‘’‚‛")
_BAD_ESCAPE = re.compile(
    r"""["'](?:[^\\\n\r]|\\[tbnrf"'\\]|\\u(?![dD][89a-fA-F])[\da-fA-F]{4}|\\U[\da-fA-F]{8})*?"""
    r"""(\\u[\da-fA-F]{0,4}|\\(?![tbnrf"'\\U]).)""",
)
_ESCAPED_PAIR = re.compile(r"(?:\\u[dD][89a-bA-B][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})+")


def surrogate_pair(text: str, _: Sequence[Token]) -> SyntaxHint | None:
    """`\\uD83D\\uDE00`: two halves of UTF-16, as JSON and Java write a character beyond U+FFFF."""
    found = _ESCAPED_PAIR.search(text)
    if found is None:
        return None
    halves = bytes.fromhex(re.sub(r"\\u", "", found[0]))
    meant = halves.decode("utf-16-be")
    escapes = "".join(f"\\U{ord(one):08X}" for one in meant)
    return SyntaxHint(
        found.start(),
        Bilingual(
            mn=f"“{found[0]}” бол UTF-16-ийн хоёр хагас: SPARQL-д ийм бичлэг байхгүй",
            en=f"“{found[0]}” are two halves of UTF-16, which SPARQL has no escapes for",
        ),
        Bilingual(
            mn=f"Тэмдэгтийг өөрийг нь бичнэ үү: {meant}, эсвэл {escapes}",
            en=f"Write the character itself, {meant}, or {escapes}",
        ),
    )


def bad_escape(text: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`"\\x41"`, `"C:\\data"`: a backslash in a string, and no escape of SPARQL."""
    quote = next((t for t in tokens if t.kind == "sign" and t.text in {'"', "'"}), None)
    found = _BAD_ESCAPE.match(text, quote.start) if quote else None
    if found is None or quote is None or quote.text in text[quote.start + 1 : found.start(1)]:
        return None
    return SyntaxHint(
        found.start(1),
        Bilingual(
            mn=f"“{found[1]}” гэсэн тусгай бичлэг SPARQL-д байхгүй",
            en=f"“{found[1]}” is no escape of SPARQL",
        ),
        Bilingual(
            mn=r"Урагш налуу зураасыг \\ гэж, тэмдэгтийг кодоор нь \u04E9, \U0001F600 гэж бичнэ.",
            en=r"Write a backslash as \\, a character by its code as \u04E9 or \U0001F600.",
        ),
    )


def curly_quote(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """A quotation mark of a word processor."""
    quote = next((t for t in tokens if t.kind == "sign" and t.text in _QUOTES), None)
    if quote is None:
        return None
    return SyntaxHint(
        quote.start,
        Bilingual(
            mn=f"SPARQL-д {quote.text} хашилт (U+{ord(quote.text):04X}) байхгүй",
            en=f"{quote.text} (U+{ord(quote.text):04X}) is no quotation mark of SPARQL",
        ),
        Bilingual(mn='Шулуун хашилт бичнэ үү: "…"', en='Write straight ones: "…"'),
    )


def strange_space(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """A no-break space, a zero-width space, a byte order mark."""
    space = next((t for t in tokens if t.kind == "sign" and _is_blank(t.text)), None)
    if space is None:
        return None
    name = unicodedata.name(space.text, "").lower()
    code = f"U+{ord(space.text):04X}" + (f", {name}" if name else "")
    return SyntaxHint(
        space.start,
        Bilingual(
            mn=f"энд SPARQL зай гэж үздэггүй тэмдэгт байна ({code})",
            en=f"this character ({code}) is no white space in SPARQL",
        ),
        Bilingual(mn="Оронд нь энгийн зай бичнэ үү.", en="Put an ordinary space in its place."),
    )


def _is_blank(text: str) -> bool:
    return len(text) == 1 and unicodedata.category(text) in {"Zs", "Zl", "Zp", "Cf"}
