"""What stands beside a cube: the distribution that it is, and terms of use of its dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from graph.core import iris
from graph.core.iris import Names
from loaders.formats.catalogue import CUBE_STANDARD, PropertyObject, about, in_languages
from loaders.formats.mapping import language_text
from loaders.pipeline.record import Statement
from vocab.namespaces import ADMS, DCAT, DCT, EU_FILE_TYPE, EU_LANGUAGE, MEDIA_TYPE, RDF, RDFS, SKOS

LANGUAGES = {"mn": EU_LANGUAGE.MON, "en": EU_LANGUAGE.ENG}
"""The two languages of tables, as the authority table of the EU names them."""


def distribution(names: Names, dataset: str, terms: list[PropertyObject]) -> Iterator[Statement]:
    """The cube as a distribution of its dataset; its title says who made it."""
    pairs: list[PropertyObject] = [
        (RDF.type, DCAT.Distribution),
        (DCT.title, language_text("RDF Data Cube, made by Ulzii", "en")),
        (DCT.title, language_text("RDF Data Cube, Өлзий бүтээсэн", "mn")),
        (DCAT.accessURL, ox.NamedNode(names.cube(dataset))),
        (DCT.format, EU_FILE_TYPE.RDF_TURTLE),
        (DCAT.mediaType, MEDIA_TYPE["text/turtle"]),
        (DCT.conformsTo, CUBE_STANDARD),
        *terms,
    ]
    return about(ox.NamedNode(names.distribution(dataset, "cube")), pairs, "distribution")


def rights(key: str, described: Mapping[str, str]) -> Iterator[Statement]:
    """Terms of use from a description, as rights: the agency states no licence.

    `described` has the texts by language (mn, en), and as `see` where they stand.
    """
    labels = {lang: described[lang] for lang in ("mn", "en") if described.get(lang)}
    pairs: list[PropertyObject] = [
        (RDF.type, DCT.RightsStatement),
        (RDF.type, SKOS.Concept),
        *in_languages(SKOS.prefLabel, labels),
        (RDFS.seeAlso, ox.NamedNode(described["see"])),
        (ADMS.status, ox.NamedNode(iris.concept("verification", "provisional"))),
    ]
    return about(ox.NamedNode(iris.concept("rights", key)), pairs, "rights-statement")
