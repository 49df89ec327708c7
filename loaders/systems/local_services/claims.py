"""The totals stated in prose as claims, and the sum of the rows as a computed value.

They are parts of the dataset (`#claim-1281`, `#sum`). Two different totals cannot be observations
of one cube (Data Cube, IC-12), so each is a claim that quotes its position in the capture.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.catalogue import PropertyObject, about, in_languages
from loaders.formats.mapping import code, integer
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Record, Statement
from loaders.systems.local_services.facts import Fact
from loaders.systems.local_services.names import (
    dataset_iris,
    fact_of,
)
from vocab.namespaces import (
    CORE,
    DCT,
    OA,
    PROV,
    RDF,
    RDFS,
    SERVICE,
)  # fmt: skip

_RFC7111 = ox.NamedNode("https://www.rfc-editor.org/rfc/rfc7111")


_LABELS = {
    "lead": {"mn": "Мэдээний эхэнд хэлсэн нийт дүн", "en": "Total stated in the lead"},
    "closing": {"mn": "Мэдээний төгсгөлд хэлсэн нийт дүн", "en": "Total stated after the rows"},
    "centres": {"mn": "Хэлсэн төвийн тоо", "en": "Number of centres stated"},
    "sum": {"mn": "Бүх мөрийн нийлбэр", "en": "Sum of all rows"},
}
_CLAIM_RULES = {"lead": "headline-claim", "closing": "closing-claim", "centres": "centres-claim"}


def claim(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """A total stated in prose, and its exact position in the text."""
    names, fact = dataset_iris(record, context), fact_of(record)
    rule, of_centres = _CLAIM_RULES[fact.name], fact.name == "centres"
    node = names.part("claim-centres" if of_centres else f"claim-{int(fact.value)}")
    digest = record.capture.digest
    source = ox.NamedNode(context.names.capture(digest))
    quoted = ox.NamedNode(context.names.capture(digest, fact.locator))
    pairs: list[PropertyObject] = [
        (RDF.type, CORE.Claim),
        (RDF.value, integer(fact.value)),
        (CORE.about, SERVICE.Centre if of_centres else names.rows),
        (DCT.isPartOf, names.dataset),
        (PROV.wasQuotedFrom, quoted),
        *in_languages(RDFS.label, _LABELS[fact.name]),
    ]
    yield from about(node, pairs, rule)
    yield from _quotation(quoted, source, node, fact, rule)


def _quotation(
    quoted: ox.NamedNode, source: ox.NamedNode, owner: ox.NamedNode, fact: Fact, rule: str
) -> Iterator[Statement]:
    """The position in the capture, as a target of the Web Annotation model (§4.2)."""
    kind: list[PropertyObject] = [(RDF.type, OA.SpecificResource), (OA.hasSource, source)]
    yield from about(quoted, kind, rule)
    for name, pairs in _selectors(fact).items():
        selector = ox.NamedNode(f"{owner.value}-{name}")
        yield Statement(quoted, OA.hasSelector, selector, rule)
        yield from about(selector, pairs, rule)


def _selectors(fact: Fact) -> dict[str, list[PropertyObject]]:
    """Selectors by name: quote and position for a text, the row for a table.

    The quote is still valid when the text is extracted again and positions change.
    """
    if not fact.exact:
        row: list[PropertyObject] = [(RDF.type, OA.FragmentSelector), (DCT.conformsTo, _RFC7111)]
        return {"row": [*row, (RDF.value, code(fact.locator))]}
    words = {OA.prefix: fact.before, OA.exact: fact.exact, OA.suffix: fact.after}
    quote: list[PropertyObject] = [(p, ox.Literal(v, language="mn")) for p, v in words.items() if v]
    position: list[PropertyObject] = [(OA.start, integer(fact.start)), (OA.end, integer(fact.end))]
    return {
        "quote": [(RDF.type, OA.TextQuoteSelector), *quote],
        "position": [(RDF.type, OA.TextPositionSelector), *position],
    }


def computed_sum(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The sum of all rows. Ulzii computes it, so it is inferred."""
    names = dataset_iris(record, context)
    pairs: list[PropertyObject] = [
        (RDF.type, CORE.ComputedValue),
        (RDF.value, integer(record.data["value"])),
        (CORE.about, names.rows),
        (CORE.rule, ox.NamedNode(iris.rule("sum-of-rows"))),
        (PROV.wasDerivedFrom, names.rows),
        (DCT.isPartOf, names.dataset),
        *in_languages(RDFS.label, _LABELS["sum"]),
    ]
    yield from about(names.part("sum"), pairs, "sum-of-rows", INFERRED)
