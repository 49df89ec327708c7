"""The RDF namespaces used in this project, standard ones and our own.

`DCAT.Dataset` is a pyoxigraph NamedNode. Names that are not Python identifiers are written in
brackets: `SDMX_CODE["unitMult-3"]`, `PROV["type"]`. Terms of our own modules are defined in
vocab/*.ttl, and a test checks that every term used in the code is defined there.
"""

from __future__ import annotations

import pyoxigraph as ox


class Namespace:
    """A namespace IRI whose attributes are its terms; each term is created once and cached."""

    def __init__(self, iri: str) -> None:
        self.__dict__["_iri"] = iri  # in __dict__ like the terms, which __getattr__ caches there

    def __getitem__(self, name: str) -> ox.NamedNode:
        """The term called `name`."""
        return ox.NamedNode(self.__dict__["_iri"] + name)

    def __getattr__(self, name: str) -> ox.NamedNode:
        if name.startswith("__"):  # looked up by copy, pickle and others; not a term
            raise AttributeError(name)
        term = self.__dict__[name] = self[name]
        return term

    def __str__(self) -> str:
        return str(self.__dict__["_iri"])


RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SH = Namespace("http://www.w3.org/ns/shacl#")
VS = Namespace("http://www.w3.org/2003/06/sw-vocab-status/ns#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
ENT = Namespace("http://www.w3.org/ns/entailment/")
W3C_FORMAT = Namespace("http://www.w3.org/ns/formats/")
VOID = Namespace("http://rdfs.org/ns/void#")
VOID_EXT = Namespace("http://ldf.fi/void-ext#")
SCHEMA = Namespace("https://schema.org/")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
GEOF = Namespace("http://www.opengis.net/def/function/geosparql/")

DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCT = Namespace("http://purl.org/dc/terms/")
DCATAP = Namespace("http://data.europa.eu/r5r/")
ADMS = Namespace("http://www.w3.org/ns/adms#")
PROV = Namespace("http://www.w3.org/ns/prov#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
DQV = Namespace("http://www.w3.org/ns/dqv#")
OA = Namespace("http://www.w3.org/ns/oa#")

FOAF = Namespace("http://xmlns.com/foaf/0.1/")
ORG = Namespace("http://www.w3.org/ns/org#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
CV = Namespace("http://data.europa.eu/m8g/")
LOCN = Namespace("http://www.w3.org/ns/locn#")
ODRL = Namespace("http://www.w3.org/ns/odrl/2/")
CSVW = Namespace("http://www.w3.org/ns/csvw#")
AS = Namespace("https://www.w3.org/ns/activitystreams#")
TREE = Namespace("https://w3id.org/tree#")
LDES = Namespace("https://w3id.org/ldes#")
POD = Namespace("https://project-open-data.cio.gov/v1.1/schema#")
DCAT_US = Namespace("http://data.resources.gov/ontology/dcat-us#")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
EPO = Namespace("http://data.europa.eu/a4g/ontology#")

SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
XKOS = Namespace("http://rdf-vocabulary.ddialliance.org/xkos#")
QB = Namespace("http://purl.org/linked-data/cube#")
SDMX_DIMENSION = Namespace("http://purl.org/linked-data/sdmx/2009/dimension#")
SDMX_MEASURE = Namespace("http://purl.org/linked-data/sdmx/2009/measure#")
SDMX_ATTRIBUTE = Namespace("http://purl.org/linked-data/sdmx/2009/attribute#")
SDMX_CODE = Namespace("http://purl.org/linked-data/sdmx/2009/code#")

EU_ACCESS_RIGHT = Namespace("http://publications.europa.eu/resource/authority/access-right/")
EU_CURRENCY = Namespace("http://publications.europa.eu/resource/authority/currency/")
EU_FILE_TYPE = Namespace("http://publications.europa.eu/resource/authority/file-type/")
EU_FREQUENCY = Namespace("http://publications.europa.eu/resource/authority/frequency/")
EU_LANGUAGE = Namespace("http://publications.europa.eu/resource/authority/language/")
EU_LICENCE = Namespace("http://publications.europa.eu/resource/authority/licence/")
EU_THEME = Namespace("http://publications.europa.eu/resource/authority/data-theme/")
MEDIA_TYPE = Namespace("http://www.iana.org/assignments/media-types/")

CORE = Namespace("https://w3id.org/ulzii/def/core#")
PLACE = Namespace("https://w3id.org/ulzii/def/place#")
SERVICE = Namespace("https://w3id.org/ulzii/def/service#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
STAT = Namespace("https://w3id.org/ulzii/def/stat#")
OPENNESS = Namespace("https://w3id.org/ulzii/def/openness#")
GLASS = Namespace("https://w3id.org/ulzii/def/glass#")
REGISTER = Namespace("https://w3id.org/ulzii/def/register#")
TENDER = Namespace("https://w3id.org/ulzii/def/tender#")
FUNCTION = Namespace("https://w3id.org/ulzii/def/function#")

MODULES = {
    "core": CORE,
    "place": PLACE,
    "openness": OPENNESS,
    "glass": GLASS,
    "service": SERVICE,
    "register": REGISTER,
    "stat": STAT,
    "tender": TENDER,
    "function": FUNCTION,
}
"""Our modules; vocab/{name}.ttl defines their terms."""
