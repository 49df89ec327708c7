"""The page, its news items, and what they say, as Web Annotations.

A page is `{base}id/thing/{source}/pages/{date}`, an item `…/items/{date}`, and what an item says is
a part of it (`#key`). A figure is a core:Claim besides, as totals in prose are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.catalogue import PropertyObject, about, in_languages
from loaders.formats.mapping import date, integer, typed
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Record, Statement
from loaders.systems.ministry_page.facts import PageStatement
from vocab.namespaces import CORE, DCT, FOAF, OA, PROV, RDF, RDFS, SKOS, SPDX, XSD

_NAMES_SOMETHING = {"system", "organisation", "law"}
_NOT_HELD = {
    "mn": "Эх бичвэрийг энд хадгалаагүй: зөвхөн хэшийг нь мэднэ. Тэмдэгтийн дугаарыг түүгээр "
    "тоолсон.",
    "en": "The text itself is not held here: only its hash is known. Characters are counted in it.",
}


def _page(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The page: its date, its author, and the SHA-256 of its text."""
    described = context.source.options["page"]
    node = _page_iri(context)
    checksum = ox.NamedNode(f"{node.value}#checksum")
    titles = {"mn": f"Яамны хуудас, {described['date']}", "en": f"Page of {described['date']}"}
    pairs: list[PropertyObject] = [
        (RDF.type, PROV.Entity),
        (RDF.type, FOAF.Document),
        (DCT.date, date(described["date"])),
        (PROV.wasAttributedTo, ox.NamedNode(iris.organisation(described["author"]))),
        (SPDX.checksum, checksum),
        *in_languages(DCT.title, titles),
        *([] if record.data["held"] else in_languages(SKOS.note, _NOT_HELD)),
    ]
    yield from about(node, pairs, "page")
    digest = typed(described["sha256"], XSD.hexBinary)
    of_text: list[PropertyObject] = [
        (RDF.type, SPDX.Checksum),
        (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
        (SPDX.checksumValue, digest),
    ]
    yield from about(checksum, of_text, "page")


def _item(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """A news item: its own date, which is not that of the page."""
    node = ox.NamedNode(_item_iri(context, record.data["date"]))
    titles = {"mn": record.data["mn"], "en": record.data["en"]}
    pairs: list[PropertyObject] = [
        (RDF.type, PROV.Entity),
        (RDF.type, FOAF.Document),
        (DCT.date, date(record.data["date"])),
        (DCT.isPartOf, _page_iri(context)),
        *in_languages(DCT.title, titles),
    ]
    if figures := record.data.get("figures"):
        dataset = context.names.dataset(*figures.split("/"))
        pairs.append((DCT.isReferencedBy, ox.NamedNode(dataset)))
    yield from about(node, pairs, "item")


def _fact(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """What an item says: of what, in which words of ours, and at which characters."""
    fact: PageStatement = record.data["fact"]
    item = _item_iri(context, fact.item)
    node, target = (ox.NamedNode(f"{item}#{fact.key}{end}") for end in ("", "-target"))
    names = fact.kind in _NAMES_SOMETHING
    pairs: list[PropertyObject] = [
        (RDF.type, OA.Annotation),
        (OA.motivatedBy, OA.identifying if names else OA.describing),
        (OA.hasTarget, target),
        (DCT["type"], ox.NamedNode(iris.concept("statement-kind", fact.kind))),
        (DCT.isPartOf, ox.NamedNode(item)),
        *in_languages(RDFS.label, fact.texts),
        *_of_what(fact, context, names),
        *_figure(fact),
    ]
    yield from about(node, pairs, fact.kind)
    yield from _target(fact, target, context)


def _of_what(fact: PageStatement, context: LoaderContext, names: bool) -> list[PropertyObject]:
    if not fact.about:
        return []
    thing = _thing(fact.about, context)
    return [(CORE.about, thing), *([(OA.hasBody, thing)] if names else [])]


def _figure(fact: PageStatement) -> list[PropertyObject]:
    if fact.kind != "figure":
        return []
    return [(RDF.type, CORE.Claim), (RDF.value, integer(fact.value))]


def _target(
    fact: PageStatement, target: ox.NamedNode, context: LoaderContext
) -> Iterator[Statement]:
    """The characters in the text of the page, and the words where they are short."""
    position = ox.NamedNode(f"{target.value}-position")
    pairs: list[PropertyObject] = [
        (RDF.type, OA.SpecificResource),
        (OA.hasSource, _page_iri(context)),
        (OA.hasSelector, position),
    ]
    yield from about(target, pairs, fact.kind)
    characters: list[PropertyObject] = [
        (RDF.type, OA.TextPositionSelector),
        (OA.start, integer(fact.start)),
        (OA.end, integer(fact.end)),
    ]
    yield from about(position, characters, fact.kind)
    if fact.exact:
        yield from _words(fact, target)


def _words(fact: PageStatement, target: ox.NamedNode) -> Iterator[Statement]:
    quote = ox.NamedNode(f"{target.value}-quote")
    yield Statement(target, OA.hasSelector, quote, fact.kind)
    words = ox.Literal(fact.exact, language="mn")
    yield from about(quote, [(RDF.type, OA.TextQuoteSelector), (OA.exact, words)], fact.kind)


def _quotation(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The same characters in the captured page, with its words."""
    fact: PageStatement = record.data["fact"]
    node = ox.NamedNode(f"{_item_iri(context, fact.item)}#{fact.key}")
    digest = record.capture.digest
    quoted = ox.NamedNode(context.names.capture(digest, record.locator))
    yield Statement(node, PROV.wasQuotedFrom, quoted, "quotation")
    yield from _words(fact, ox.NamedNode(f"{node.value}-target"))


def _page_iri(context: LoaderContext) -> ox.NamedNode:
    day = context.source.options["page"]["date"]
    return ox.NamedNode(context.names.thing(context.source.id, "pages", day))


def _item_iri(context: LoaderContext, day: str) -> str:
    return context.names.thing(context.source.id, "items", day)


def _thing(written: str, context: LoaderContext) -> ox.NamedNode:
    """The IRI of what a row is about: `org/x-nso`, `law/10497`, `service/shilen`, or an IRI."""
    makers: Mapping[str, Callable[[str], str]] = {
        "org": iris.organisation,
        "law": iris.law,
        "service": context.names.service,
    }
    kind, _, key = written.partition("/")
    return ox.NamedNode(makers[kind](key) if kind in makers else written)


BY_KIND: Mapping[str, Callable[[Record, LoaderContext], Iterator[Statement]]] = {
    "page": _page,
    "item": _item,
    "fact": _fact,
    "quotation": _quotation,
}
"""The mapping of each kind of record."""
