"""Invitations of tender.gov.mn: procedures, buyers, budgets, deadlines and guarantees, in ePO.

Reads what the portal gives: a list of invitations, or `{"data": [...]}`. Several invitations may be
of one procedure. A guarantee is a percentage or an amount, as `isAmount` says: 0.5 is half a
percent or half a togrog. Where neither field is there, nothing is known of a guarantee.

Left out, since what they mean was not read: province and district, which are those of the buyer and
perhaps not of the work, `openDate`, `isPackage`, `isReceiving`, `isElectronic`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pyoxigraph as ox
from pydantic import Field as OptionField

from graph.core import iris
from loaders.descriptions.schema import LoaderOptions
from loaders.descriptions.value_types import Text
from loaders.formats import json_strict
from loaders.formats.catalogue import PropertyObject, about, agent
from loaders.formats.json_strict import error_at, pointer
from loaders.formats.mapping import (
    Field,
    apply,
    boolean,
    code,
    constant,
    date_time,
    decimal,
    language_text,
    text,
    typed,
)
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Capture, Mapped, Record, Rejected
from vocab.namespaces import DCT, EPO, EU_CURRENCY, RDF, SKOS, TENDER, XSD


class TenderOptions(LoaderOptions):
    """`[options]` of a source of this loader."""

    items: Text = OptionField(default="data", description="the member that has the list")


OPTIONS = TenderOptions


def _day(value: Any) -> ox.Literal:
    """`2026-09-10 00:00:00` → xsd:date: the time of publication is always midnight."""
    return typed(date_time(value).value[:10], XSD.date)


INVITATION = (
    Field(RDF.type, "invitationId", constant(EPO.CompetitionNotice), "invitation"),
    Field(DCT.identifier, "invitationNumber", code, "invitation"),
    Field(DCT.issued, "publishDate", _day, "published"),
)
PROCEDURE = (
    Field(RDF.type, "tenderId", constant(EPO.Procedure), "procedure"),
    Field(DCT.identifier, "tenderCode", code, "procedure"),
    Field(DCT.title, "tenderName", text("mn"), "title"),
)
# the zone of the deadline is not stated
TERM = (
    Field(RDF.type, "invitationId", constant(EPO.SubmissionTerm), "term"),
    Field(EPO.hasReceiptTenderDeadline, "receiveDate", date_time, "deadline", INFERRED),
)
CODE_LISTS = {
    "tender-type": ("tenderTypeCode", "tenderTypeName"),
    "tender-rule": ("tenderRuleId", "ruleName"),
    "tender-fund": ("fundId", "fundName"),
    "tender-status": ("wfmStatusCode", "wfmStatusName"),
}
"""Scheme → the fields with the code and its Mongolian name."""
BUDGETS = {"totalBudget": (TENDER.totalBudget, "budget"), "yearBudget": (TENDER.yearBudget, "year")}
REQUIRED = ("invitationId", "invitationNumber", "tenderId", "tenderCode", "tenderName")


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """One record per invitation. Raises InputError for what is no list of them."""
    member = context.source.options.get("items", "data")
    for capture in captures:
        whole = json_strict.read(capture)
        path = () if isinstance(whole, list) else (member,)
        items = whole.get(member) if isinstance(whole, dict) else whole
        if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
            raise error_at(capture, "this is no list of invitations", *path)
        for number, item in enumerate(items):
            yield Record(capture, pointer(*path, number), "invitation", item)


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of an invitation and its procedure.

    Raises Rejected for one without number, title or buyer, and for a guarantee of an unknown kind.
    """
    for field in REQUIRED:
        if not str(record.data.get(field, "")).strip():
            raise Rejected(f"{record.location} {field}: missing; ask the portal again")
    notice = _thing(context, "invitations", record.data["invitationId"])
    procedure = _thing(context, "procedures", record.data["tenderId"])
    term = ox.NamedNode(f"{notice.value}#submission")
    yield from apply(INVITATION, notice, record)
    yield from about(notice, [(EPO.refersToProcedure, procedure)], "invitation")
    yield from apply(PROCEDURE, procedure, record)
    yield from about(procedure, [(EPO.isSubjectToTerm, term)], "term")
    yield from apply(TERM, term, record)
    yield from _codes(notice, procedure, record)
    yield from _buyer(procedure, record)
    yield from _budgets(procedure, record)
    yield from _guarantee(term, record)


def _thing(context: LoaderContext, table: str, key: Any) -> ox.NamedNode:
    return ox.NamedNode(context.names.thing(context.source.id, table, str(key)))


def _codes(notice: ox.NamedNode, procedure: ox.NamedNode, record: Record) -> Iterator[Mapped]:
    """Kind, procedure and fund of a tender, and the status of its invitation."""
    for scheme, (field, named) in CODE_LISTS.items():
        if not (notation := str(record.data.get(field, "")).strip()):
            continue
        node = ox.NamedNode(iris.concept(scheme, notation))
        owner = notice if scheme == "tender-status" else procedure
        yield from about(owner, [(DCT["type"], node)], scheme)
        pairs: list[PropertyObject] = [
            (RDF.type, SKOS.Concept),
            (SKOS.inScheme, ox.NamedNode(iris.scheme(scheme))),
            (SKOS.notation, code(notation)),
        ]
        if name := str(record.data.get(named, "")).strip():
            pairs.append((SKOS.prefLabel, language_text(name, "mn")))
        yield from about(node, pairs, scheme)


def _buyer(procedure: ox.NamedNode, record: Record) -> Iterator[Mapped]:
    """The buyer as a role that an organisation plays, which its register number names."""
    number = str(record.data.get("uusgesenEntityRegNumber", "")).strip()
    if not re.fullmatch(r"\d{7}", number, re.ASCII):
        raise Rejected(f"{record.location} uusgesenEntityRegNumber: not a number of seven digits")
    role = ox.NamedNode(f"{procedure.value}#buyer")
    organisation = ox.NamedNode(iris.organisation(number))
    yield from about(procedure, [(EPO.involvesBuyer, role)], "buyer")
    yield from about(role, [(RDF.type, EPO.Buyer), (EPO.playedBy, organisation)], "buyer")
    name = str(record.data.get("uusgesenEntityName", "")).strip()
    yield from agent(organisation, {"mn": name} if name else {})
    yield from about(organisation, [(DCT.identifier, code(number))], "buyer")


def _budgets(procedure: ox.NamedNode, record: Record) -> Iterator[Mapped]:
    for field, (property, part) in BUDGETS.items():
        if str(record.data.get(field, "")).strip():
            node = ox.NamedNode(f"{procedure.value}#{part}")
            yield from about(procedure, [(property, node)], field)
            yield from _money(node, field, record)


def _money(node: ox.NamedNode, field: str, record: Record) -> Iterator[Mapped]:
    amount = Field(EPO.hasAmountValue, field, decimal, field)
    yield from about(
        node, [(RDF.type, EPO.MonetaryValue), (EPO.hasCurrency, EU_CURRENCY.MNT)], field
    )
    yield from apply((amount,), node, record)


def _guarantee(term: ox.NamedNode, record: Record) -> Iterator[Mapped]:
    """A percentage or an amount, never one number that may be either."""
    stated = str(record.data.get("guaranteeAmount", "")).strip()
    kind = str(record.data.get("isAmount", "")).strip()
    if not stated:
        return
    if kind not in ("0", "1"):
        raise Rejected(
            f"{record.location} isAmount: “{kind}” is neither 0 (percent) nor 1 (amount)"
        )
    of_kind = ox.NamedNode(iris.concept("tender-guarantee-kind", kind))
    required = (EPO.isGuaranteeRequired, boolean("true"))
    yield from about(term, [required, (TENDER.guaranteeKind, of_kind)], "guarantee")
    if kind == "0":
        percent = Field(TENDER.guaranteePercent, "guaranteeAmount", decimal, "guarantee")
        yield from apply((percent,), term, record)
        return
    amount = ox.NamedNode(f"{term.value}-guarantee")
    yield from about(term, [(TENDER.guaranteeAmount, amount)], "guarantee")
    yield from _money(amount, "guaranteeAmount", record)
