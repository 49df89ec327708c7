"""How pages write numbers, times and names that have no translation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox
from flask import Flask, g
from markupsafe import Markup, escape

from graph.ledger.events import ULAANBAATAR
from server.http.language import LANGUAGES, InterfaceText
from vocab.terms import Object

_CYRILLIC = re.compile(r"\w*[Ѐ-ӿ]\w*(?:[\s,-]+\w*[Ѐ-ӿ]\w*)*")
_MONGOLIAN = "mn"  # what is in Cyrillic here is in Mongolian
Texts = dict[str, str]
"""A text by language tag, empty for none."""


def texts_by_language(values: Iterable[Object | None]) -> Texts:
    """The first literal of each language."""
    found: Texts = {}
    for value in values:
        if isinstance(value, ox.Literal):
            found.setdefault(value.language or "", value.value)
    return found


def number_text(value: Decimal | float | int | str, digits: int | None = None) -> str:
    """A number with thousands separated, `57,649.7` (CLDR writes mn and en alike).

    `digits`: decimals; None: as many as it has. What is no number stays as it is.
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return str(value)
    return f"{number:,f}" if digits is None else f"{number:,.{digits}f}"


def one_decimal(value: Decimal | float) -> str:
    """A number with one decimal at most, `170.5` or `50`."""
    return number_text(f"{value:.1f}".removesuffix(".0"))


def time_text(moment: str) -> str:
    """A time (RFC 3339) in Ulaanbaatar, `2026-11-30 07:30 UTC+8`; a date as it is."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    if "T" not in moment:
        return moment
    local = at.astimezone(ULAANBAATAR) if at.tzinfo else at
    return f"{local:%Y-%m-%d %H:%M}" + (" UTC+8" if at.tzinfo else "")


def time_tag(moment: str) -> Markup:
    """A time as `<time datetime>`."""
    return Markup('<time datetime="{}">{}</time>').format(moment, time_text(moment))


def foreign(texts: dict[str, str], otherwise: str = "") -> Markup:
    """The text in the reader's language, else another one marked with its `lang`.

    `texts`: by language tag, empty for none. `otherwise`: where there is no text.
    """
    for tag in (g.language, "", *LANGUAGES, *texts):
        if value := texts.get(tag):
            return in_language(value, tag)
    return escape(otherwise)


def in_language(value: str, tag: str) -> Markup:
    """A text of the data, with `lang` where it is not in the reader's language, and a tag."""
    if not tag or tag == g.language:
        return in_script(value, tag)
    marked = Markup('<span lang="{0}">{1}</span> <small class="tag">{0}</small>')
    return marked.format(tag, in_script(value, tag))


def in_script(value: str, tag: str = "") -> Markup:
    """A text in which Cyrillic words have a `lang`, where they stand in a text of another language
    or the text is in no language (`tag`) and the page is not in Mongolian."""
    if (tag or g.language) == _MONGOLIAN:
        return escape(value)
    return Markup("").join(_scripts(value))


def _scripts(value: str) -> Iterator[Markup]:
    end = 0
    for found in _CYRILLIC.finditer(value):
        yield escape(value[end : found.start()])
        yield Markup('<span lang="{}">{}</span>').format(_MONGOLIAN, found[0])
        end = found.end()
    yield escape(value[end:])


def sentence(words: str) -> str:
    """What programs read as the detail of an error, as a sentence: it begins with a capital letter
    and ends with a full stop. A name of a parameter, file or command that begins it stays."""
    first = words.partition(" ")[0]
    begun = words[:1].upper() + words[1:] if first.isalpha() and first.islower() else words
    return begun if not begun or begun[-1] in ".?!…" else f"{begun}."


def with_values(words: str, **values: object) -> Markup:
    """A text of ours with values of which some are markup."""
    escaped = InterfaceText(escape(words))
    return Markup(escaped.format(**{name: escape(value) for name, value in values.items()}))


def init_app(app: Flask) -> None:
    """Give templates these functions."""
    app.jinja_env.globals.update(
        number_text=number_text,
        one_decimal=one_decimal,
        time_text=time_text,
        time_tag=time_tag,
        foreign=foreign,
        in_language=in_language,
        in_script=in_script,
        with_values=with_values,
        sentence=sentence,
    )
