"""Signposting (https://signposting.org): Link headers from a dataset's page to its metadata."""

from __future__ import annotations

from urllib.parse import quote

from server.datasets.described import DescribedDataset
from server.http.urls import Urls
from server.resources import croissant

_FORMS = (("ttl", "text/turtle"), ("jsonld", "application/ld+json"), ("rdf", "application/rdf+xml"))
_MOST_ITEMS = 20  # headers have a size; the metadata names all distributions
_ASCII = "!#$%&'()*+,/:;=?@[]~-._"  # besides letters and digits: what an IRI may hold of it
_TYPES = ("https://schema.org/Dataset", "https://schema.org/AboutPage")


def links(described: DescribedDataset, urls: Urls, path: str) -> str:
    """The value of the Link header."""
    found = [f'<{_uri(described.entry.iri)}>; rel="cite-as"']
    found += [f'<{iri}>; rel="type"' for iri in _TYPES]
    for extension, media_type in _FORMS:
        url = urls.absolute(urls.document(path, extension))
        found.append(f'<{url}>; rel="describedby"; type="{media_type}"')
    if croissant.is_table(described):
        url = urls.absolute(urls.document(path, croissant.EXTENSION))
        found.append(
            f'<{url}>; rel="describedby"; type="application/ld+json"; profile="{croissant.VERSION}"'
        )
    found += [f'<{_uri(iri)}>; rel="item"' for iri in described.distributions[:_MOST_ITEMS]]
    return ", ".join(found)


def _uri(iri: str) -> str:
    """An IRI as a header can hold it (RFC 8288 §3.1, RFC 3987 §3.1)."""
    return quote(iri, safe=_ASCII)
