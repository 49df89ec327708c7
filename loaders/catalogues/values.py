"""What is wrong with single values of a dataset: a table of kinds, properties and tests.

The shapes say what a dataset lacks; here is what no shape sees, because an inferred statement mends
it or because a text stands where a thing belongs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.records import NamedRecord
from loaders.catalogues.naming.terms import is_literal, text_of
from vocab.namespaces import DCAT, DCT, FOAF, RDFS

_HTML = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:nbsp|amp|lt|gt|quot|#\d+);")
# From the beginning of a word only: a value may be one word of a megabyte (an image as text).
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+\.[\w.-]+")


def _is_plain(value: str) -> bool:
    return is_literal(value) and '"^^' not in value


def _is_empty(value: str) -> bool:
    return is_literal(value) and not text_of(value)


def _has_html(value: str) -> bool:
    return is_literal(value) and bool(_HTML.search(value))


def _has_mail(value: str) -> bool:
    return is_literal(value) and bool(_MAIL.search(value))


class ValueTest(NamedTuple):
    """A kind of finding, for values of these properties (all, if there are none) that fail."""

    kind: str
    properties: frozenset[str]
    fails: Callable[[str], bool]


def _test(kind: str, fails: Callable[[str], bool], *properties: object) -> ValueTest:
    return ValueTest(kind, frozenset(map(str, properties)), fails)


_TEXTS = (DCT.title, DCT.description)
_DATES = (DCT.issued, DCT.modified, DCT.created, DCAT.startDate, DCAT.endDate)
_PAGES = (DCAT.landingPage, FOAF.page, FOAF.homepage)
_THINGS = (DCT.publisher, DCT.creator, DCAT.contactPoint, DCT.spatial, DCT.temporal)

TESTS = (
    _test("text-empty", _is_empty),
    _test("html-in-text", _has_html, *_TEXTS),
    _test("mail-in-text", _has_mail, *_TEXTS, RDFS.comment),
    _test("date-untyped", _is_plain, *_DATES),
    _test("format-as-text", is_literal, DCT["format"], DCAT.mediaType),
    _test("address-as-text", is_literal, *kinds.ADDRESSES, *_PAGES),
    _test("theme-as-text", is_literal, DCAT.theme),
    _test("licence-as-text", is_literal, DCT.license),
    _test("value-kind", is_literal, *_THINGS),
)
_BY_PROPERTY: dict[str, tuple[ValueTest, ...]] = {
    name: tuple(one for one in TESTS if not one.properties or name in one.properties)
    for test in TESTS
    for name in test.properties
}
_ALWAYS = tuple(one for one in TESTS if not one.properties)

_EXPECTED = {
    "contact-missing": frozenset(map(str, (DCAT.contactPoint,))),
    "identifier-missing": frozenset(map(str, (DCT.identifier,))),
}
"""Properties that a dataset has itself."""

_LICENCES = frozenset(map(str, (DCT.license, DCT.rights, DCT.accessRights)))


def faults(record: NamedRecord) -> Iterator[tuple[str, int]]:
    """The kinds of faults in a record's values, with their numbers."""
    found: Counter[str] = Counter()
    for _, predicate, value in record.triples:
        for test in _BY_PROPERTY.get(predicate, _ALWAYS):
            found[test.kind] += test.fails(value)
    if record.kind == kinds.DATASET:
        found.update(_missing(record))
    yield from ((kind, count) for kind, count in found.items() if count)


def _missing(record: NamedRecord) -> Iterator[str]:
    own = {predicate for subject, predicate, _ in record.triples if subject == record.iri}
    yield from (kind for kind, properties in _EXPECTED.items() if not own & properties)
    if not _LICENCES & {predicate for _, predicate, _ in record.triples}:
        yield "licence-missing"
    access, download = str(DCAT.accessURL), str(DCAT.downloadURL)
    having: dict[str, set[str]] = {access: set(), download: set()}
    for subject, predicate, _ in record.triples:
        if predicate in having:
            having[predicate].add(subject)
    # one with neither fails a shape
    yield from ["access-address-missing"] * len(having[download] - having[access])
