"""schema.org JSON-LD of a dataset's page, which is what dataset searches on the web read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import pyoxigraph as ox

from graph.core.instance import Instance
from server.datasets.described import DescribedDataset
from server.http.urls import Urls
from server.resources.file_columns import FileColumn
from vocab.namespaces import DCAT, DCT, SKOS

_CONTEXT = "https://schema.org/"
_SHORTEST, _LONGEST = 50, 5000  # characters of a description that Google Dataset Search takes
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_LANGUAGES = {"MON": "mn", "ENG": "en"}
_UNKNOWN_TYPE = "application/octet-stream"


def dataset(
    described: DescribedDataset,
    instance: Instance,
    urls: Urls,
    path: str,
    columns: Iterable[FileColumn] = (),
) -> str:
    """The JSON-LD of a dataset, for a script element; with the columns of its files, where its
    catalogue tells them."""
    measured = [_variable(one) for one in dict.fromkeys(columns)]
    variables = {"variableMeasured": measured} if measured else {}
    return script({**node(described, instance, urls, path), **variables})


def _variable(column: FileColumn) -> dict[str, str]:
    found = {"@type": "PropertyValue", "name": column.name, "description": column.about}
    return {key: value for key, value in found.items() if value}


def node(described: DescribedDataset, instance: Instance, urls: Urls, path: str) -> dict[str, Any]:
    """A dataset as schema:Dataset, without the properties that nothing is known of."""
    entry = described.entry
    names = described.texts(DCT.title) or [entry.identifier]
    found = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": entry.iri,
        "name": names[0],
        "alternateName": names[1:],
        "description": _description(described, names[0]),
        "identifier": list(dict.fromkeys([entry.identifier, entry.iri])),
        "url": urls.absolute(f"{path}.html"),
        "publisher": [agent(described, iri) for iri in described.iris(DCT.publisher)],
        "license": described.iris(DCT.license),
        "datePublished": (described.texts(DCT.issued) or [entry.issued])[0],
        "dateModified": (described.texts(DCT.modified) or [entry.modified])[0],
        "keywords": described.texts(DCAT.keyword) or _labels(described, DCAT.theme),
        "inLanguage": _texts(described, DCT.language, _language),
        "spatialCoverage": _labels(described, DCT.spatial),
        "temporalCoverage": _texts(described, DCT.temporal, _period),
        "includedInDataCatalog": catalogue_node(described, instance, urls),
        "distribution": [download(described, iri) for iri in described.distributions],
    }
    return {key: value for key, value in found.items() if value}


def catalogue_node(described: DescribedDataset | None, instance: Instance, urls: Urls) -> Any:
    """The catalogue as schema:DataCatalog."""
    iri = instance.names.catalog
    name = described.name(iri) if described else "Өлзий"
    url = urls.absolute("catalog.html")
    return {
        "@type": "DataCatalog",
        "@id": iri,
        "name": "Өлзий" if name == iri else name,
        "url": url,
    }


def catalogue(instance: Instance, urls: Urls) -> str:
    """The JSON-LD of the catalogue's own page."""
    return script({"@context": _CONTEXT, **catalogue_node(None, instance, urls)})


def script(value: dict[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _description(described: DescribedDataset, name: str) -> str:
    """The description; one that is too short for search engines is followed by who publishes it."""
    text = next(iter(described.texts(DCT.description)), name)
    publisher = next(map(described.name, described.iris(DCT.publisher)), "")
    for more in (f"“{name}”", publisher, "Өлзий: Монгол Улсын нээлттэй өгөгдлийн нэгдсэн граф."):
        if len(text) < _SHORTEST and more:
            text = f"{text} · {more}"
    return text[:_LONGEST]


def agent(described: DescribedDataset, iri: str) -> dict[str, str]:
    """A publisher or creator as schema:Organization."""
    return {"@type": "Organization", "@id": iri, "name": described.name(iri)}


def _texts(
    described: DescribedDataset,
    predicate: ox.NamedNode,
    text: Callable[[DescribedDataset, str], str],
) -> list[str]:
    """What stands for the things of a property; those for which nothing can stand are left out."""
    return list(filter(None, (text(described, iri) for iri in described.iris(predicate))))


def _labels(described: DescribedDataset, predicate: ox.NamedNode) -> list[str]:
    return _texts(described, predicate, _name)


def _name(described: DescribedDataset, iri: str) -> str:
    """The name of a thing; its IRI is none."""
    name = described.name(iri)
    return "" if name == iri else name


def _language(described: DescribedDataset, iri: str) -> str:
    """The tag of a language, by the code that ends its IRI or is its name; else nothing."""
    code = iri.rpartition("/")[2]
    tags = (_LANGUAGES.get(code, code.lower()), described.name(iri))
    return next((tag for tag in tags if _TAG.fullmatch(tag)), "")


def _period(described: DescribedDataset, iri: str) -> str:
    """A period as an interval of ISO 8601, open at the end that is not known; else its name."""
    ends = [next(iter(described.texts(p, iri)), "..") for p in (DCAT.startDate, DCAT.endDate)]
    return "/".join(ends) if ends != ["..", ".."] else _name(described, iri)


def download(described: DescribedDataset, iri: str) -> dict[str, Any]:
    """A distribution as schema:DataDownload."""
    urls = described.iris(DCAT.downloadURL, iri) or described.iris(DCAT.accessURL, iri)
    types = described.iris(DCAT.mediaType, iri)
    formats = described.iris(DCT["format"], iri)
    found = {
        "@type": "DataDownload",
        "@id": iri,
        "name": next(iter(described.texts(DCT.title, iri)), ""),
        "contentUrl": sorted(urls)[0],
        "encodingFormat": _media_type(types[0]) if types else _form(described, formats),
        "contentSize": next(iter(described.texts(DCAT.byteSize, iri)), ""),
    }
    return {key: value for key, value in found.items() if value}


def _media_type(iri: str) -> str:
    return "/".join(iri.split("/")[-2:])


def _form(described: DescribedDataset, formats: list[str]) -> str:
    """The name of a file format, as short as it is known."""
    if not formats:
        return _UNKNOWN_TYPE
    notations = described.texts(SKOS.notation, formats[0])
    return (notations or [described.name(formats[0]).rpartition("/")[2]])[0] or _UNKNOWN_TYPE
