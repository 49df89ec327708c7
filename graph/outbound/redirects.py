"""Where a redirect leads, when it is followed hop by hop."""

from __future__ import annotations

from urllib.parse import urljoin

import httpx2


def redirect_target(url: str, location: str) -> str:
    """The absolute address that the Location header of a response from `url` names.

    Raises httpx2.RemoteProtocolError when it is no valid address: it is the other server's text,
    and both parsers refuse some of it.
    """
    try:
        target = urljoin(url, location)
        httpx2.URL(target)
    except (ValueError, httpx2.InvalidURL) as error:
        raise httpx2.RemoteProtocolError(f"invalid address in Location: {error}") from error
    return target
