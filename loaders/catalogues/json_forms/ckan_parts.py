"""Parts of CKAN's packages that no row of a table describes: lists of objects, pairs of fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from loaders.catalogues.json_forms import dcat_us_parts, values
from loaders.catalogues.json_forms.ckan_members import (
    AGENT,
    CONTACT,
    EXTRA,
    EXTRAS,
    INTERNAL,
    RESOURCE,
    THEME,
)
from loaders.catalogues.json_forms.nodes import JsonNodes, Member, Place, Special
from loaders.catalogues.model import ReadItem
from vocab.namespaces import (
    ADMS,
    DCAT,
    DCT,
    FOAF,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    VCARD,
)

_DISTRIBUTION = Member(DCAT.distribution, values.node, DCAT.Distribution)
_PUBLISHER = Member(DCT.publisher, values.node, FOAF.Agent)
_CONTACT = Member(DCAT.contactPoint, values.node, VCARD.Kind)
_THEME = Member(DCAT.theme, values.node, SKOS.Concept)
_PROPERTY = Member(SCHEMA.additionalProperty, values.text, SCHEMA.PropertyValue)
_PAIRS = {
    "author": ("author", "author_email"),
    "maintainer": ("maintainer", "maintainer_email"),
    "contact_name": ("contact_name", "contact_email"),
}
"""Contact → the fields with its name and its mail address."""
_PUBLISHER_FIELDS = ("name", "uri", "email", "url", "type")
HANDLED = frozenset(
    """
    author author_email maintainer maintainer_email contact_name contact_email license_id
    metadata_created metadata_modified organization extras uri identifier guid name
    publisher_name publisher_uri publisher_email publisher_url publisher_type
    temporal_start temporal_end
    """.split()
)
"""Members that are read together with others, not by a row of a table."""


def without_internal(package: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a package that become statements one by one."""
    return {k: v for k, v in package.items() if k not in INTERNAL and k not in HANDLED}


def fields(package: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a package and its extras (pairs, or an object); its own members win."""
    extras = package.get("extras")
    pairs = extras.items() if isinstance(extras, Mapping) else _pairs(extras)
    return {key: _decoded(value) for key, value in pairs} | {
        key: value for key, value in package.items() if value not in (None, "", [])
    }


def _pairs(extras: Any) -> Iterator[tuple[str, Any]]:
    for _, one in values.each(extras):
        if isinstance(one, Mapping) and one.get("key"):
            yield str(one["key"]), one.get("value")


def _decoded(value: Any) -> Any:
    """The value of an extra: lists and texts may be JSON in a text."""
    if isinstance(value, str) and value[:1] in {"[", '"'}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def name_of(package: Mapping[str, Any]) -> ox.NamedNode | None:
    """The IRI that a package has in its field `uri`."""
    return values.iri(str(fields(package).get("uri") or ""))


def of_several_members(
    writer: JsonNodes, at: Place, package: Mapping[str, Any]
) -> Iterator[ReadItem]:
    """What takes several fields: dates, publisher, contacts, period, rights, extras."""
    known = fields(package)
    yield from _dates(writer, at, known)
    yield from _publisher(writer, at, known)
    yield from _contacts(writer, at, known)
    yield from _period(writer, at, known)
    yield from _rights(writer, at, known)
    yield from _other_identifiers(writer, at, known)
    yield from _extras(writer, at, package)


def _dates(writer: JsonNodes, at: Place, known: Mapping[str, Any]) -> Iterator[ReadItem]:
    """As ckanext-dcat does: the dates of the package where there are none of the dataset."""
    for key, fallback, predicate in (
        ("issued", "metadata_created", DCT.issued),
        ("modified", "metadata_modified", DCT.modified),
    ):
        if not known.get(key) and known.get(fallback):
            yield writer.triple(at, predicate, values.date(values.clean(known[fallback])))


def _publisher(writer: JsonNodes, at: Place, known: Mapping[str, Any]) -> Iterator[ReadItem]:
    stated = {key: known.get(f"publisher_{key}") for key in _PUBLISHER_FIELDS}
    agent = writer.using(AGENT)
    if stated["name"]:
        path = at.path + "/publisher_name"
        yield from agent.value(_PUBLISHER, _with_id(stated), at, path)
    elif isinstance(known.get("organization"), Mapping) and "publisher" not in known:
        given = known["organization"]
        # with a title, `name` is only a key of the portal
        title = given.get("title") or given.get("name")
        organization = {**without_internal(given), "title": title}
        yield from agent.value(_PUBLISHER, organization, at, at.path + "/organization")


def _with_id(agent: Mapping[str, Any]) -> dict[str, Any]:
    iri = values.iri(str(agent.get("uri") or ""))
    return {**agent, "uri": None, "@id": iri.value} if iri else dict(agent)


def _contacts(writer: JsonNodes, at: Place, known: Mapping[str, Any]) -> Iterator[ReadItem]:
    for key, (name, mail) in _PAIRS.items():
        contact = {"name": known.get(name), "email": known.get(mail)}
        if any(contact.values()):
            yield from writer.using(CONTACT).value(_CONTACT, contact, at, f"{at.path}/{key}")


def _period(writer: JsonNodes, at: Place, known: Mapping[str, Any]) -> Iterator[ReadItem]:
    start, end = known.get("temporal_start"), known.get("temporal_end")
    if start or end:
        period = Place(writer.name(at.path + "/temporal_start"), at.path)
        yield writer.triple(at, DCT.temporal, period.node)
        yield writer.triple(period, RDF.type, DCT.PeriodOfTime)
        for predicate, day in ((DCAT.startDate, start), (DCAT.endDate, end)):
            if day:
                yield writer.triple(period, predicate, values.date(values.clean(day)))


def _rights(writer: JsonNodes, at: Place, known: Mapping[str, Any]) -> Iterator[ReadItem]:
    """`license_id` and `license_title` name a licence in the portal's own list."""
    name = known.get("license_title") or known.get("license_id")
    if isinstance(name, str) and name.strip():
        statement = Place(writer.name(at.path + "/license_id"), at.path)
        yield writer.triple(at, DCT.rights, statement.node)
        yield writer.triple(statement, RDF.type, DCT.RightsStatement)
        yield writer.triple(statement, RDFS.label, ox.Literal(values.clean(name)))
        if not known.get("license_url"):
            yield writer.problem("licence-as-text", at, at.path + "/license_id", values.clean(name))


def _other_identifiers(
    writer: JsonNodes, at: Place, known: Mapping[str, Any]
) -> Iterator[ReadItem]:
    """`name` is the last part of the page's address; `identifier` and `guid` are of the origin."""
    for key in ("name", "identifier", "guid"):
        text = values.clean(known.get(key) or "")
        if text and text != known.get("id"):
            node = Place(writer.name(f"{at.path}/{key}"), at.path)
            yield writer.triple(at, ADMS.identifier, node.node)
            yield writer.triple(node, RDF.type, ADMS.Identifier)
            yield writer.triple(node, SKOS.notation, ox.Literal(text))


def _extras(writer: JsonNodes, at: Place, package: Mapping[str, Any]) -> Iterator[ReadItem]:
    """Extras with a meaning as such, the others as pairs of name and value."""
    extras = package.get("extras")
    pairs = extras.items() if isinstance(extras, Mapping) else _pairs(extras)
    for number, (key, value) in enumerate(pairs):
        if key in EXTRAS or key in SPECIAL:
            yield from writer.member(key, _decoded(value), at)
        elif key not in HANDLED and value not in (None, ""):
            pair = {"key": key, "value": _written(value)}
            path = f"{at.path}/extras/{number}"
            yield from writer.using(EXTRA).value(_PROPERTY, pair, at, path)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _resources(writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
    for step, item in values.each(value):
        path = f"{at.path}/resources{step}"
        if not isinstance(item, Mapping):
            yield writer.problem("item-not-an-object", at, path, values.clean(item))
        elif item.get("state", "active") == "active":
            yield from _resource(writer, at, item, path)


def _resource(
    writer: JsonNodes, at: Place, item: Mapping[str, Any], path: str
) -> Iterator[ReadItem]:
    known = {key: one for key, one in item.items() if key not in INTERNAL}
    known["created"] = item.get("created")
    if item.get("hash"):
        known["hash"] = {"hash_value": item["hash"]}
    if item.get("last_modified"):
        known.pop("metadata_modified", None)
    known.setdefault("last_modified", known.pop("metadata_modified", None))
    yield from writer.using(RESOURCE).value(_DISTRIBUTION, known, at, path)


def _tags(writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
    row = Member(DCAT.keyword, values.text)
    for step, item in values.each(value):
        name = item.get("display_name") or item.get("name") if isinstance(item, Mapping) else item
        yield from writer.value(row, name, at, f"{at.path}/tags{step}") if name else ()


def _groups(writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
    for step, item in values.each(value):
        path = f"{at.path}/groups{step}"
        group = item if isinstance(item, Mapping) else {"name": item, "title": item}
        theme = {key: group.get(key) for key in THEME}
        yield from writer.using(THEME).value(_THEME, theme, at, path)


def _agents(row: Member, key: str) -> Special:
    """Publishers and contacts of ckanext-scheming: lists of objects."""
    table = CONTACT if row is _CONTACT else AGENT

    def write(writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
        for step, item in values.each(value):
            agent = _with_id(item) if isinstance(item, Mapping) else item
            yield from writer.using(table).value(row, agent, at, f"{at.path}/{key}{step}")

    return write


def _spatial(writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
    """A place; GeoJSON may be a text."""
    decoded = value
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            decoded = json.loads(value)
        except ValueError:
            decoded = value
    yield from dcat_us_parts.spatial(writer, at, decoded)


SPECIAL: Mapping[str, Special] = {
    "resources": _resources,
    "tags": _tags,
    "groups": _groups,
    "spatial": _spatial,
    "publisher": _agents(_PUBLISHER, "publisher"),
    "contact": _agents(_CONTACT, "contact"),
}
