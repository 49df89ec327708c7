"""A dataset of the portal as a dcat:Dataset: what the portal states, and what Ulzii infers.

The portal states no licence, so none is published; `dct:rights` says that it is not stated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

from graph.core import iris
from loaders.formats import catalogue
from loaders.formats.catalogue import PropertyObject, about
from loaders.formats.html_text import strip_invisible, to_text
from loaders.formats.mapping import Field, apply, code, language_text, value_at
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, LoadFinding, Mapped, Record, Rejected, Statement
from loaders.systems.opendata_mn import files
from loaders.systems.opendata_mn.responses import DETAIL, number
from vocab.namespaces import (
    ADMS,
    DCAT,
    DCATAP,
    DCT,
    ELI,
    EU_ACCESS_RIGHT,
    EU_FREQUENCY,
    EU_LANGUAGE,
    EU_THEME,
    RDF,
    SKOS,
    VCARD,
)

# the portal's values; others become a note on the catalogue record
FREQUENCIES = {
    "Өдөр бүр": EU_FREQUENCY.DAILY,
    "7 хоног тутам": EU_FREQUENCY.WEEKLY,
    "Долоо хоног тутам": EU_FREQUENCY.WEEKLY,
    "Сар": EU_FREQUENCY.MONTHLY,
    "Сар тутам": EU_FREQUENCY.MONTHLY,
    "Улирал": EU_FREQUENCY.QUARTERLY,
    "Улирал тутам": EU_FREQUENCY.QUARTERLY,
    "Хагас жил": EU_FREQUENCY.ANNUAL_2,
    "Хагас жил тутам": EU_FREQUENCY.ANNUAL_2,
    "Жил": EU_FREQUENCY.ANNUAL,
    "Жил тутам": EU_FREQUENCY.ANNUAL,
    "Шаардлагатай үед": EU_FREQUENCY.AS_NEEDED,
}


def _frequency(value: Any) -> ox.NamedNode | None:
    return FREQUENCIES.get(" ".join(str(value).split()))


def _title(value: Any) -> ox.Literal:
    return language_text(strip_invisible(str(value)), "mn")


def _description(value: Any) -> ox.Literal | None:
    text = to_text(str(value))
    return language_text(text, "mn") if text else None


STATED = (
    Field(DCT.title, "name", _title, "title"),
    Field(DCT.description, "description", _description, "description-html-to-text"),
    Field(DCT.accrualPeriodicity, "frequency.name", _frequency, "frequency"),
)

# fields without a documented meaning are not interpreted: the record quotes them in a note
_NOTES = {
    "term": ("Порталын “term” талбар: {} (утга нь тодорхойгүй)",
             "The portal's field “term”: {} (its meaning is not stated)"),
    "status": ("Порталын “status” талбар: {} (утга нь тодорхойгүй)",
               "The portal's field “status”: {} (its meaning is not stated)"),
}  # fmt: skip
_OTHER_FREQUENCY = (
    "Порталын заасан давтамж: {} (EU жагсаалтад тохирох утга олдоогүй)",
    "Frequency as the portal states it: {} (no term of the EU list fits)",
)
_OTHER_NUMBER = (
    "Порталын заасан регистрийн дугаар: {} (7 оронтой биш)",
    "Register number as the portal states it: {} (it is not of 7 digits)",
)


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of one dataset; a finding where its detail is missing.

    Raises Rejected when it has no name, or an invalid value.
    """
    key, name = number(record.data), record.data.get("name")
    if not isinstance(name, str) or not strip_invisible(name).strip():
        raise Rejected(f"{record.location}/name: dataset {key} has no name; ask the portal")
    dataset = ox.NamedNode(context.names.dataset(context.source.id, key))
    if context.source.options.get("details") and record.locator != DETAIL:
        yield LoadFinding("detail-missing", dataset, record.location)
    yield from catalogue.entry(
        context.names,
        dataset,
        _dataset(dataset, key, record, context),
        described=context.source.options["described"],
    )
    yield from _notes(dataset, record, context)


def _dataset(
    dataset: ox.NamedNode, key: str, record: Record, context: LoaderContext
) -> Iterator[Statement]:
    identifier = code(f"{context.source.id}:{key}")
    yield from about(dataset, [(RDF.type, DCAT.Dataset), (DCT.identifier, identifier)], "dataset")
    described = list(apply(STATED, dataset, record))
    yield from described
    if not any(s.predicate == DCT.description for s in described):
        text = f"{strip_invisible(record.data['name']).strip()}. (Тайлбарыг гарчгаас үүсгэв.)"
        literal = language_text(text, "mn")
        yield Statement(dataset, DCT.description, literal, "description-from-title", INFERRED)
    yield from about(dataset, _defaults(), "portal-default", INFERRED)
    yield from _legal_basis(dataset, context)
    yield from _publisher(dataset, record, context)
    yield from _portal_properties(dataset, key, record, context)


def _defaults() -> list[PropertyObject]:
    """Properties of every dataset: the portal is open, in Mongolian, and about Mongolia."""
    return [
        (DCT.spatial, ox.NamedNode(iris.place("mn"))),
        (DCT.language, EU_LANGUAGE.MON),
        (DCT.accessRights, EU_ACCESS_RIGHT.PUBLIC),
    ]


def _legal_basis(dataset: ox.NamedNode, context: LoaderContext) -> Iterator[Statement]:
    """The act that the source is based on, by its legalinfo.mn number."""
    if basis := context.source.legal_basis:
        law = ox.NamedNode(iris.law(basis))
        act: list[PropertyObject] = [(RDF.type, ELI.LegalResource), (ELI.id_local, code(basis))]
        yield Statement(dataset, DCATAP.applicableLegislation, law, "legal-basis", INFERRED)
        yield from about(law, act, "legal-basis", INFERRED)


def _portal_properties(
    dataset: ox.NamedNode, key: str, record: Record, context: LoaderContext
) -> Iterator[Statement]:
    number_node = ox.NamedNode(f"{dataset.value}#portal-id")
    pairs: list[PropertyObject] = [
        (RDF.type, ADMS.Identifier),
        (SKOS.notation, code(key)),
        (ADMS.schemaAgency, code(context.source.options["agency"])),
    ]
    yield Statement(dataset, ADMS.identifier, number_node, "portal-id")
    yield from about(number_node, pairs, "portal-id")
    service = ox.NamedNode(context.names.service(context.source.options["service"]["key"]))
    yield Statement(service, DCAT.servesDataset, dataset, "data-service")
    yield from files.statements(dataset, record, context)


_NUMBER = re.compile(r"\d{7}", re.ASCII)


def _publisher(
    dataset: ox.NamedNode, record: Record, context: LoaderContext
) -> Iterator[Statement]:
    name, key = _organisation(record, context)
    if not key:
        return
    node = ox.NamedNode(iris.organisation(key))
    yield Statement(dataset, DCT.publisher, node, "publisher")
    yield from catalogue.agent(node, {"mn": name} if name else {})
    if _NUMBER.fullmatch(key):
        yield Statement(node, DCT.identifier, code(key), "register-number")
    if theme := context.source.options.get("themes", {}).get(key):
        yield Statement(dataset, DCAT.theme, EU_THEME[theme], "org-default-theme", INFERRED)
    if name:
        yield from _contact(dataset, node, name)


def _organisation(record: Record, context: LoaderContext) -> tuple[str, str]:
    """Name and key: the 7-digit number, else the key in the TOML, else a hash of the name.

    Mongolian names have several Latin spellings, so a key made from a name is a hash.
    """
    name = strip_invisible(str(value_at(record.data, "org.name") or "")).strip()
    written = str(value_at(record.data, "org.reg_num") or "").strip()
    if _NUMBER.fullmatch(written):
        return name, written
    known = context.source.options.get("organisations", {}).get(name)
    hashed = f"x-{hashlib.sha256(name.encode()).hexdigest()[:12]}" if name else ""
    return name, known or hashed


def _contact(dataset: ox.NamedNode, node: ox.NamedNode, name: str) -> Iterator[Statement]:
    """The publisher as contact point, because the portal names none."""
    contact = ox.NamedNode(f"{node.value}#contact")
    pairs: list[PropertyObject] = [
        (RDF.type, VCARD.Kind),
        (RDF.type, VCARD.Organization),
        (VCARD.fn, language_text(name, "mn")),
    ]
    yield Statement(dataset, DCAT.contactPoint, contact, "publisher-is-contact", INFERRED)
    yield from about(contact, pairs, "publisher-is-contact", INFERRED)


def _notes(dataset: ox.NamedNode, record: Record, context: LoaderContext) -> Iterator[Statement]:
    node = ox.NamedNode(context.names.record(dataset.value))
    for field, texts in _NOTES.items():
        if value := record.data.get(field):
            yield from _note(node, texts, value, f"{field}-meaning-unknown")
    frequency = value_at(record.data, "frequency.name")
    if frequency and _frequency(frequency) is None:
        yield from _note(node, _OTHER_FREQUENCY, frequency, "frequency-not-mapped")
    written = value_at(record.data, "org.reg_num")
    if written and not _NUMBER.fullmatch(str(written).strip()):
        yield from _note(node, _OTHER_NUMBER, written, "register-number-form")


def _note(
    node: ox.NamedNode, texts: tuple[str, str], value: object, rule: str
) -> Iterator[Statement]:
    for lang, text in zip(("mn", "en"), texts, strict=True):
        literal = language_text(text.format(strip_invisible(str(value))), lang)
        yield Statement(node, SKOS.note, literal, rule)
