"""The schema of `[options]` of the open data portal's source."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from graph.core.toml_schema import WrongKey
from loaders.descriptions.schema import LoaderOptions, ServiceOptions, Text, Texts


class PortalOptions(ServiceOptions):
    """`[options.service]`: the portal's API, and the path of a dataset's details in it."""

    detail: Text = Field(description="the path of the details, like front/detail/view")


class OpendataOptions(LoaderOptions):
    """`[options]` of the portal's source."""

    described: Text = Field(description="when the description took its form, date and time as text")
    agency: Text = Field(description="the domain of the portal, like opendata.gov.mn")
    seen: list[int] | None = Field(
        default=None, description="a list of numbers of datasets; without it all were on the portal"
    )
    unseen: Texts | None = Field(
        default=None, description="the note on every other dataset, by language"
    )
    service: PortalOptions = Field(description="the API: key, endpoint, detail, title")
    organisations: dict[str, str] = Field(
        default={}, description="name of an organisation = its key"
    )
    themes: dict[str, str] = Field(
        default={}, description="key of an organisation = an EU data theme"
    )

    @model_validator(mode="after")
    def _has_a_note(self) -> Self:
        if self.seen is not None and not {"mn", "en"} <= (self.unseen or {}).keys():
            raise WrongKey(("unseen",), "“unseen” needs mn and en where there is “seen”")
        return self
