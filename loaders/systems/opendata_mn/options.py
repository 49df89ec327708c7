"""The schema of `[options]` of the open data portal's source."""

from __future__ import annotations

from pydantic import Field

from loaders.descriptions.schema import LoaderOptions, ServiceOptions
from loaders.descriptions.value_types import Text


class PortalOptions(ServiceOptions):
    """`[options.service]`: the portal's API, and the path of a dataset's details in it."""

    detail: Text = Field(description="the path of the details, like front/detail/view")


class OpendataOptions(LoaderOptions):
    """`[options]` of the portal's source."""

    described: Text = Field(description="when the description took its form, date and time as text")
    agency: Text = Field(description="the domain of the portal, like opendata.gov.mn")
    service: PortalOptions = Field(description="the API: key, endpoint, detail, title")
    details: bool = Field(default=False, description="true: request the details of each dataset")
    organisations: dict[str, str] = Field(
        default={}, description="name of an organisation = its key"
    )
    themes: dict[str, str] = Field(
        default={}, description="key of an organisation = an EU data theme"
    )
