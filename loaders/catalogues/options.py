"""What a description of a foreign catalogue may say in `[options]`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from loaders.catalogues.languages import language_tag
from loaders.descriptions.schema import LoaderOptions


def _language(text: str) -> str:
    if text != language_tag(text):
        raise ValueError(f"“{text}” is not a language tag, like mn or en")
    return text


class CatalogueOptions(LoaderOptions):
    """`[options]` of a foreign catalogue."""

    language: Annotated[str, AfterValidator(_language)] = Field(
        default="", description="the language of texts that state none, like es"
    )
    country: str = Field(
        default="", pattern=r"^([A-Z]{2})?$", description="the country in two letters, like MN"
    )
    contacts: Literal["all", "organisations", "none"] = Field(
        default="organisations",
        description="whose contact data are published: “all”, “organisations” or “none”",
    )
    protocol: Literal["", "ckan", "oai-pmh", "csw", "sparql"] = Field(
        default="",
        description="how the address is asked, where it is the base of an API: "
        "“ckan”, “oai-pmh”, “csw” or “sparql”",
    )
    page_size: int = Field(default=0, ge=0, le=1000, description="how many items a page has")
    check_total: bool = Field(
        default=True, description="false where the total that a list states is wrong"
    )
    follow_hosts: list[str] = Field(
        default=[], description="other hosts whose datasets a catalogue lists, like data.example"
    )
    metadata_prefix: str = Field(default="", description="OAI-PMH: the format that is RDF")
    set: str = Field(default="", description="OAI-PMH: the set to harvest")
    output_schema: str = Field(default="", description="CSW: the schema of records that is DCAT")
    type_names: str = Field(default="", description="CSW: the type of records that is queried")
    graph: str = Field(
        default="",
        pattern=r'^[^\s<>"{}|\\^`]*$',  # it becomes a part of queries
        description="SPARQL: the IRI of the graph with the catalogue",
    )
