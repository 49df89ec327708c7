"""Services of ХУР (XYP), the state's data exchange: descriptions from a table, never their data.

Each row is a dcat:DataService that only bodies with an agreement may use. Its provider is known by
name: one organisation of the declared register with exactly that name, else an agent of this
source, which a finding lists and counts. The register is a Turtle file beside the table, so the
same bytes give the same statements, whatever else is published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox
from pydantic import Field as OptionField

from graph.core import iris
from graph.core.toml_schema import TomlTable
from loaders.descriptions.schema import LoaderOptions
from loaders.descriptions.value_types import Text
from loaders.formats import rdf
from loaders.formats.catalogue import PropertyObject, about, agent, in_languages
from loaders.formats.csv import rows
from loaders.formats.mapping import (
    Field,
    boolean,
    code,
    constant,
    integer,
    iri,
    text,
)
from loaders.formats.mapping_table import MappingTable
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Capture, LoadFinding, Mapped, Record, Rejected
from vocab.namespaces import DCAT, DCATAP, DCT, EU_ACCESS_RIGHT, FOAF, ORG, RDF, SERVICE, SKOS
from vocab.terms import Term

_SCHEME = "xyp-group"


class GroupNames(TomlTable):
    """`[options.groups.KEY]`: what a group of services is called; the names are ours."""

    mn: Text = OptionField(description="in Mongolian")
    en: Text = OptionField(description="in English")


class XypOptions(LoaderOptions):
    """`[options]` of a source of this loader."""

    endpoint: Text = OptionField(
        description="address of the gateway: paths of services are unknown"
    )
    system: Text = OptionField(description="key of the system that the services are part of")
    groups: dict[str, GroupNames] = OptionField(description="all groups of services")


OPTIONS = XypOptions


def _group(key: str) -> str:
    return iris.concept(_SCHEME, key)


STATED = MappingTable(
    (
        Field(RDF.type, "code", constant(DCAT.DataService), "service"),
        Field(DCT.identifier, "code", code, "service"),
        Field(SKOS.notation, "operation", code, "operation"),
        Field(DCT.title, "title_mn", text("mn"), "title"),
        Field(DCT["type"], "group", iri(_group), "group"),
        Field(SERVICE.fieldCount, "n_field_defs", integer, "fields"),
        Field(SERVICE.mentionsRegisterNumber, "mentions_regnum", boolean, "register-number"),
    )
)
"""What a row says."""

COLUMNS = (
    *("code", "operation", "group", "provider_mn"),
    *("title_mn", "n_field_defs", "mentions_regnum"),
)


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """The groups, and one record per row. Raises InputError for a table that is broken."""
    registers = [capture for capture in captures if rdf.is_rdf(capture)]
    declared = _declared(registers, context)
    for capture in captures:
        if capture not in registers:
            yield Record(capture, "row=1", "groups", {}, critical=True)
            for number, cells in rows(capture, COLUMNS, require_final_newline=True):
                known = declared.get(_plain(cells["provider_mn"]), ())
                yield Record(capture, f"row={number}", "service", cells | {"declared": known})


def _declared(
    registers: Sequence[Capture], context: LoaderContext
) -> dict[str, list[ox.NamedNode]]:
    """The organisations of the registers by their Mongolian names."""
    found: dict[str, list[ox.NamedNode]] = {}
    for capture in registers:
        for subject, pairs in rdf.parse(capture, context.names.base).items():
            if isinstance(subject, ox.NamedNode) and (RDF.type, ORG.Organization) in pairs:
                for name in _mongolian(value for one, value in pairs if one == FOAF.name):
                    found.setdefault(name, []).append(subject)
    return found


def _mongolian(values: Iterable[Term]) -> Iterator[str]:
    for value in values:
        if isinstance(value, ox.Literal) and value.language == "mn":
            yield _plain(value.value)


def _plain(name: str) -> str:
    return " ".join(name.split())


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of a service, or of the scheme of groups.

    Raises Rejected for a row without a code, title or provider, and for an unknown group.
    """
    return _groups(context) if record.kind == "groups" else _service(record, context)


def _service(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    for column in ("code", "title_mn", "provider_mn"):
        if not record.data[column].strip():
            raise Rejected(f"{record.location} {column}: empty; ask for the table again")
    options = context.source.options
    if record.data["group"] not in options["groups"]:
        raise Rejected(
            f"{record.location} group: “{record.data['group']}” is not in [options.groups]"
        )
    node = ox.NamedNode(context.names.service(f"{context.source.id}/{record.data['code']}"))
    yield STATED.about(node, record)
    yield from _provider(node, record, context)
    inferred: list[PropertyObject] = [
        (DCT.accessRights, EU_ACCESS_RIGHT.RESTRICTED),
        (DCT.isPartOf, ox.NamedNode(context.names.service(options["system"]))),
        (DCAT.endpointURL, ox.NamedNode(options["endpoint"])),
        (DCATAP.applicableLegislation, ox.NamedNode(iris.law(context.source.legal_basis))),
    ]
    yield from about(node, inferred, "of-the-exchange", INFERRED)
    catalogue = ox.NamedNode(context.names.catalog)
    yield from about(catalogue, [(DCAT.service, node)], "catalogue-entry")


def _provider(node: ox.NamedNode, record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The organisation with the name of the provider, where there is exactly one.

    That the provider of the data publishes the service is inferred: the table is not its own.
    """
    name, declared = _plain(record.data["provider_mn"]), record.data["declared"]
    if len(declared) == 1:
        yield from about(node, [(DCT.publisher, declared[0])], "provider-by-name", INFERRED)
        return
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    unknown = ox.NamedNode(context.names.value(context.source.id, digest))
    yield from about(node, [(DCT.publisher, unknown)], "provider", INFERRED)
    yield from agent(unknown, {"mn": name})
    kind = "organisation-ambiguous" if declared else "organisation-unknown"
    yield LoadFinding(kind, unknown, record.location, detail=name)


def _groups(context: LoaderContext) -> Iterator[Mapped]:
    scheme = ox.NamedNode(iris.scheme(_SCHEME))
    titles = in_languages(
        DCT.title, {"mn": "ХУР үйлчилгээний бүлэг", "en": "Groups of KHUR services"}
    )
    notes = {"mn": "Бүлгийн нэр нь Өлзийнх.", "en": "The names of the groups are Ulzii's own."}
    noted = [*titles, *in_languages(SKOS.note, notes)]
    yield from about(scheme, [(RDF.type, SKOS.ConceptScheme), *noted], "groups")
    for key, names in context.source.options["groups"].items():
        pairs: list[PropertyObject] = [
            (RDF.type, SKOS.Concept),
            (SKOS.inScheme, scheme),
            (SKOS.topConceptOf, scheme),
            (SKOS.notation, code(key)),
            *in_languages(SKOS.prefLabel, names),
        ]
        yield from about(ox.NamedNode(_group(key)), pairs, "groups")
