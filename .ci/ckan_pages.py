"""Walks a catalogue as CKAN's harvester does, with CKAN's own parser; runs in CKAN's environment.

`ckan_pages.py ADDRESS`: pages are followed by the parser's `next_page`, and what it makes of the
datasets must be the same in every syntax, and as much as the catalogue says it has.
"""

from __future__ import annotations

import sys
import urllib.request

import rdflib
from ckanext.dcat.processors import RDFParser

SYNTAXES = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
PROFILE = "euro_dcat_ap_3"
MOST_PAGES = 1000  # a walk in circles ends
TOTAL = rdflib.URIRef("http://www.w3.org/ns/hydra/core#totalItems")


def walk(address: str, extension: str) -> dict[str, dict]:
    """The datasets on all pages by identifier. Raises AssertionError where CKAN would go wrong."""
    url, found, pages = f"{address}/catalog.{extension}", {}, 0
    while url:
        pages += 1
        assert pages <= MOST_PAGES, f"{url}: the walk does not end"
        parser = RDFParser(profiles=[PROFILE])
        parser.parse(urllib.request.urlopen(url).read().decode(), _format=SYNTAXES[extension])
        for dataset in parser.datasets():
            key = identifier(dataset)
            assert key and key not in found, f"{url}: no identifier, or twice: {key}"
            assert dataset["title"], f"{url}: {key} has no title"
            found[key] = dataset
        total = int(next(parser.g.objects(None, TOTAL)))
        url = parser.next_page()
    assert pages > 1, "there is only one page, so the walk shows nothing"
    assert len(found) == total, f"{extension}: {len(found)} of {total} datasets"
    print(f"ran: ckanext-dcat read {total} datasets on {pages} pages of catalog.{extension}")
    return found


def identifier(dataset: dict) -> str:
    """What CKAN knows a dataset by in later harvests."""
    extras = {extra["key"]: extra["value"] for extra in dataset.get("extras", [])}
    return dataset.get("identifier") or extras.get("identifier", "")


def main() -> int:
    """Walk in every syntax and compare the files; a title is in whichever language comes first."""
    walks = [walk(sys.argv[1], extension) for extension in SYNTAXES]
    files = [{key: len(one["resources"]) for key, one in found.items()} for found in walks]
    for extension, other in zip(SYNTAXES, files, strict=True):
        differ = sorted(key for key, _ in files[0].items() ^ other.items())
        assert not differ, f"catalog.{extension} differs from catalog.ttl: {differ[:3]}"
    return 0


if __name__ == "__main__":
    sys.exit(main())
