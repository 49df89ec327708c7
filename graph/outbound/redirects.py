"""The target of a redirect, for callers that check every hop themselves."""

from __future__ import annotations

from urllib.parse import urljoin

import httpx2


def redirect_target(url: str, location: str) -> str:
    """The absolute address that the Location header of a response from `url` names.

    Raises httpx2.RemoteProtocolError for an invalid address.
    """
    try:
        # the header is text from the other server; each of the two parsers rejects other mistakes
        target = urljoin(url, location)
        httpx2.URL(target)
    except (ValueError, httpx2.InvalidURL) as error:
        raise httpx2.RemoteProtocolError(f"invalid address in Location: {error}") from error
    return target
