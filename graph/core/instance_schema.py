"""The schema of `instance.toml`: every section, its keys, and what is right."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from graph.core import toml_schema
from graph.core.toml_schema import TomlError, TomlKeyError, TomlTable

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
Texts = dict[
    Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")],
    Annotated[str, Field(min_length=1)],
]


class StoreSection(TomlTable):
    """`[store]`: the embedded store, or the addresses of a remote one."""

    kind: Literal["embedded", "remote"] = Field(
        default="embedded", description="“embedded” or “remote”"
    )
    query_url: str = Field(default="", description="the query endpoint of a remote store")
    update_url: str = Field(default="", description="the update endpoint of a remote store")
    graph_store_url: str = Field(default="", description="the Graph Store Protocol endpoint")
    auth: Literal["", "basic", "digest", "bearer"] = Field(
        default="", description="“basic”, “digest” or “bearer”"
    )
    engine: str = Field(default="", description="the name of the engine, written by `ulzii init`")

    @model_validator(mode="after")
    def _has_addresses(self) -> Self:
        for name in ("query_url", "update_url", "graph_store_url"):
            if self.kind == "remote" and not getattr(self, name):
                raise TomlKeyError((name,), f"“{name}” is missing")
        return self


class RetentionSection(TomlTable):
    """`[retention]`: how long old snapshots are kept."""

    days: Amount = Field(default=7, description="a number of days")
    snapshots: Count = Field(default=100, description="the most snapshots, a whole number")
    gib: Amount = Field(default=10, description="a number of GiB of disk")


class FederationSection(TomlTable):
    """`[federation]`: endpoints that SERVICE may call."""

    known: bool = Field(default=False, description="true, to allow the public endpoints")
    services: list[str] = Field(default=[], description="a list of addresses")
    private_services: list[str] = Field(
        default=[], description="a list of addresses in private networks"
    )


class FetchSection(TomlTable):
    """`[fetch]`: limits of fetching, and private hosts that sources may be fetched from."""

    private_hosts: list[str] = Field(default=[], description='a list like ["127.0.0.1:9000"]')
    max_mib: Amount = Field(default=512, description="a number of MiB")
    max_unpacked_mib: Amount = Field(default=2048, description="a number of MiB")
    max_ratio: Amount = Field(default=200, description="unpacked size to transferred size")
    max_seconds: Amount = Field(default=1800, description="a number of seconds")
    max_redirects: Count = Field(default=5, description="a whole number")
    contact: str = Field(
        default="",
        pattern=r"^[!-'*-:<-~]*$",  # a comment of a header: no blanks, brackets or semicolons
        description="an address of yours, like mailto:data@agency.mn",
    )
    rate: float = Field(default=10, gt=0, le=1000, description="requests a second to one host")
    attempts: int = Field(default=5, ge=1, le=20, description="a whole number from 1 to 20")
    backoff: float = Field(default=1, ge=0, le=60, description="a number of seconds")
    max_wait: Amount = Field(default=120, description="a number of seconds")


class CatalogueSection(TomlTable):
    """`[catalogue]`: how the catalogue is published for harvesters."""

    page_size: int = Field(
        default=500, ge=1, le=500, description="the datasets on a page, 1 to 500"
    )
    title: Texts = Field(default={}, description='its title by language: { mn = "…", en = "…" }')
    description: Texts = Field(
        default={}, description='what it holds, by language: { mn = "…", en = "…" }'
    )
    publisher: str = Field(
        default="",
        pattern=r"""^(https?://[^\s<>"{}|\\^`]+)?$""",
        description="the IRI of the organisation that publishes it",
    )


class InstanceConfig(TomlTable):
    """`instance.toml`."""

    base: str = Field(description="an http(s) address that ends in a slash")
    public_url: str = Field(
        default="", description="the http(s) address of the service, which ends in a slash"
    )
    contact: str = Field(
        default="", description="where readers may write, like mailto:data@agency.mn"
    )
    catalogue: CatalogueSection = Field(
        default=CatalogueSection(), description="the table [catalogue]"
    )
    store: StoreSection = Field(default=StoreSection(), description="the table [store]")
    retention: RetentionSection = Field(
        default=RetentionSection(), description="the table [retention]"
    )
    federation: FederationSection = Field(
        default=FederationSection(), description="the table [federation]"
    )
    fetch: FetchSection = Field(default=FetchSection(), description="the table [fetch]")


def check(config: Mapping[str, Any], path: Path) -> None:
    """Raise ConfigError that names file, key and what is right, unless all is."""
    toml_schema.refuse(find_errors(config), path)


def find_errors(config: Mapping[str, Any]) -> list[TomlError]:
    """The errors in an `instance.toml`."""
    return toml_schema.find_errors(InstanceConfig, config)
