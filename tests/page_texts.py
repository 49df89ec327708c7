"""The texts of a page with the language that each is said to be in, and those that are in another.

A page in Mongolian or English has a `lang` at what is not in its language: Cyrillic on English
pages, and what the data know as English names on Mongolian ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pyoxigraph as ox

_CYRILLIC = re.compile("[А-Яа-яЁёӨөҮү]{2}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z' -]*[A-Za-z]")
_ADDRESS = re.compile(r"\S*[./:#_=@{}]\w\S*")  # IRIs, paths, files, identifiers, queries
_SEPARATORS = re.compile(r"[,;:·–] ")
_NAME = re.compile(r"[A-Z].*[a-z]|[A-Za-z] [A-Za-z]")  # and no word of a code, such as “sum”
_IN_BOTH = {"VoID", "RDF Data Cube"}  # names that Mongolian writes alike
_SHORTEST = 4  # letters of a name that are no chance


class PageTexts(HTMLParser):
    """`found`: language and text, of elements and attributes; code, scripts and styles apart."""

    # the title of a document mixes a name of the data with ours, and has no place for a language
    _CODE = frozenset({"code", "script", "style", "pre", "title"})
    _EMPTY = frozenset("meta link input br img rect circle path hr wbr".split())

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or (self._open[-1][1] if self._open else "")
        for name in ("title", "aria-label", "placeholder", "content", "alt"):
            if given.get(name) and given.get("name") not in {"viewport"}:
                self.found.append((language, str(given[name])))
        if tag not in self._EMPTY:
            self._open.append((tag, language))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing opens."""

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        # a title within a picture is the name of its part, unlike the title of the document
        names = {tag for tag, _ in self._open}
        code = self._CODE - {"title"} if "svg" in names else self._CODE
        if self._open and not code & names:
            self.found.append((self._open[-1][1], data))


def english_names(store: ox.Store) -> frozenset[str]:
    """The literals in English that are no text in Mongolian, or in no language, too."""
    texts = [
        one.object for one in store if isinstance(one.object, ox.Literal) and one.object.language
    ]
    english = {" ".join(one.value.split()) for one in texts if one.language == "en"}
    others = {" ".join(one.value.split()) for one in texts if one.language != "en"}
    return frozenset(one for one in english - others - _IN_BOTH if _NAME.search(one))


def english_names_of(snapshot: Path) -> frozenset[str]:
    """The same of a snapshot's store."""
    return english_names(ox.Store.read_only(str(snapshot)))


def unmarked(html: str, english: frozenset[str]) -> list[str]:
    """The texts of a page in the other language that do not say so."""
    page = re.search(r'<html lang="(\w+)"', html)
    assert page is not None
    found = [(tag, " ".join(text.split())) for tag, text in PageTexts(html).found]
    if page[1] == "en":
        return [text for tag, text in found if tag != "mn" and _CYRILLIC.search(_bare(text))]
    return [text for tag, text in found if tag != "en" and not english.isdisjoint(_parts(text))]


def _bare(text: str) -> str:
    return _ADDRESS.sub("|", text)


def _parts(text: str) -> Iterator[str]:
    """The text, its parts between commas, and runs of Latin words."""
    yield text
    yield from (part.strip(" .()“”") for part in _SEPARATORS.split(text))
    yield from (run for run in _LATIN.findall(_bare(text)) if len(run) >= _SHORTEST)
