"""The schema of a source description: every key, its type, and what is right.

`[options]` belongs to the loader. What any loader may have there is LoaderOptions; a loader with
options of its own states them as a subclass, in its attribute OPTIONS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from graph.core.toml_schema import TomlError, TomlKeyError, TomlTable, find_errors
from loaders.descriptions.ids import ID_HINT, RESERVED_IDS
from loaders.descriptions.loader_names import LOADERS
from loaders.descriptions.value_types import (
    DateText,
    FilePattern,
    HeaderName,
    HeaderValue,
    HttpAddress,
    HttpIri,
    Key,
    OptionalAddress,
    OptionalKey,
    SourceId,
    Text,
    Texts,
)

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")


class RequestDescription(TomlTable):
    """`[[options.requests]]`: an address to request besides those in `files`."""

    name: Text = Field(description="the name of the capture, like search-1.json")
    url: HttpAddress = Field(description="an http(s) address")
    json_body: Any = Field(
        default=None, alias="json", description="the JSON body of a POST request"
    )
    form: dict[str, str] | None = Field(default=None, description="the fields of a form to POST")
    content: str = Field(default="", description="the text to POST; its type in headers")
    headers: dict[HeaderName, HeaderValue] = Field(
        default={}, description='headers, like Accept = "…"'
    )

    @model_validator(mode="after")
    def _has_one_body(self) -> Self:
        if sum([self.json_body is not None, self.form is not None, bool(self.content)]) > 1:
            raise TomlKeyError(("form",), "only one of “json”, “form” and “content” can be sent")
        return self


class LoaderOptions(TomlTable):
    """`[options]` of any loader: what is requested, and how often."""

    requests: list[RequestDescription] = Field(
        default=[], description="tables [[options.requests]]"
    )
    pause: float = Field(default=0, ge=0, description="seconds before each request")


class ServiceOptions(TomlTable):
    """An interface that data came through: a dcat:DataService."""

    key: Key = Field(description="the last part of the service's IRI")
    endpoint: HttpIri = Field(description="the address of the interface")
    title: Texts = Field(description="its title by language")


class CredentialsDescription(TomlTable):
    """`[credentials]`: where the secret of a source is kept (loaders/fetching/credentials.py)."""

    kind: Literal["bearer", "basic", "header", "cookie"] = Field(
        description="“bearer”, “basic”, “header” or “cookie”"
    )
    env: str | None = Field(
        default=None,
        pattern=r"^ULZII_CREDENTIAL_[A-Z0-9_]+$",
        description="the name of an environment variable, like ULZII_CREDENTIAL_TENDER",
    )
    file: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]+\.credential$",
        description="the name of a file in keys/ of the instance, like tender.credential",
    )
    user: str = Field(default="", description="the user name, where kind is “basic”")
    name: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9_-]*$",
        description="the name of the header or cookie, where kind is “header” or “cookie”",
    )
    origin: OptionalAddress = Field(
        default="", description="the only server to send it to, like https://api.agency.mn"
    )

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise TomlKeyError(("env",), "one of “env” and “file” says where the secret is kept")
        if self.kind in {"header", "cookie"} and not self.name:
            raise TomlKeyError(("name",), f"the name of the {self.kind} is missing")
        return self


class LegalBasis(TomlTable):
    """`[legal]`: the act that a source is based on."""

    basis: str = Field(
        default="", description="the number of an act on legalinfo.mn, in quotation marks"
    )


TELL_BY_CONTENT = {"dcat"}
"""Loaders that know the form of a file by its content, so that no media type is needed."""


class SourceDescription(TomlTable):
    """A source description. `files` may be empty where `[[options.requests]]` is not."""

    id: SourceId = Field(description=f"the name of the source. {ID_HINT.rstrip('.')}")
    title: Texts = Field(description='a table with a text by language: [title], mn = "…", en = "…"')
    loader: str = Field(description=f"one of {', '.join(LOADERS)}")
    files: list[FilePattern] = Field(
        default=[], description="a list of paths relative to this file, or http(s) addresses"
    )
    media_type: str = Field(
        default="",
        validate_default=True,
        description="the media type of the files, like text/csv",
    )
    publisher: OptionalKey = Field(default="", description="the key of an organisation")
    frequency: OptionalKey = Field(
        default="", description="a code of the EU's list of frequencies, like ANNUAL"
    )
    licence: str = Field(default="", description="the licence, only if the source states one")
    legal: LegalBasis = Field(default=LegalBasis(), description="the table [legal]")
    references: list[SourceId] = Field(default=[], description="a list of ids of sources")
    reject_limit: float = Field(default=0.05, ge=0, le=1, description="a number between 0 and 1")
    dates: dict[Text, DateText] = Field(
        default={}, description='a table: pattern of file names = "YYYY-MM-DD"'
    )
    replaces: list[str] = Field(default=[], description="only for what comes with Ulzii")
    visibility: Literal["public", "restricted"] = Field(
        default="public", description="“public” or “restricted”"
    )
    captures: Literal["private", "records", "public"] = Field(
        default="private", description="“private”, “records” or “public”"
    )
    credentials: CredentialsDescription | None = Field(
        default=None, description="the table [credentials]"
    )
    editable: bool = Field(default=False, description="true or false, without quotation marks")
    foreign: bool = Field(default=False, description="true or false, without quotation marks")
    moderated: bool = Field(default=False, description="true or false, without quotation marks")
    options: dict[str, Any] = Field(
        default={}, description="the table [options], which the loader defines"
    )

    @field_validator("id")
    @classmethod
    def _not_reserved(cls, text: str) -> str:
        if text in RESERVED_IDS:
            raise ValueError(f"“{text}” is reserved for a graph that Ulzii computes")
        return text

    @field_validator("loader")
    @classmethod
    def _is_a_loader(cls, name: str) -> str:
        if name not in LOADERS:
            raise ValueError(f"there is no loader “{name}”")
        return name

    @field_validator("media_type")
    @classmethod
    def _is_a_media_type(cls, text: str, others: ValidationInfo) -> str:
        if not text and others.data.get("loader") in TELL_BY_CONTENT:
            return text
        if not text:
            raise ValueError("“media_type” is missing")
        if not _MEDIA_TYPE.fullmatch(text):
            raise ValueError(f"“{text}” is not a media type")
        return text

    @model_validator(mode="after")
    def _fetches_something(self) -> Self:
        if not self.files and not self.options.get("requests"):
            raise TomlKeyError(("files",), "“files” is missing, and so is [[options.requests]]")
        if self.editable and self.moderated:
            raise TomlKeyError(("moderated",), "what is written over HTTP cannot be moderated")
        return self


_NOT_BUNDLED = TomlError(
    "replaces",
    "only descriptions that come with Ulzii can say “replaces”",
    "If the list really shrank: its load is held, and `ulzii approve` publishes it.",
)


def find_all_errors(table: Mapping[str, Any], *, is_bundled: bool = False) -> list[TomlError]:
    """The errors in a source description, those in `[options]` by the schema of its loader."""
    errors = find_errors(SourceDescription, table)
    if "replaces" in table and not is_bundled:
        errors.append(_NOT_BUNDLED)
    options, loader = table.get("options", {}), table.get("loader")
    if isinstance(options, dict) and isinstance(loader, str) and loader in LOADERS:
        errors += find_errors(options_model(loader), options, ("options",))
    return errors


def options_model(loader: str) -> type[LoaderOptions]:
    """The schema of `[options]` for a loader."""
    model: type[LoaderOptions] = getattr(import_module(LOADERS[loader]), "OPTIONS", LoaderOptions)
    return model
