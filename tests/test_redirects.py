"""Where a redirect leads: another server's text, which may be no address at all."""

from __future__ import annotations

import httpx2
import pytest

from graph.outbound.redirects import redirect_target


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b?c=1", "https://example.mn/b?c=1"),
        ("b", "https://example.mn/a/b"),
        ("//example.com/", "https://example.com/"),
        ("http://example.com/ж", "http://example.com/ж"),
        ("mailto:a@example.mn", "mailto:a@example.mn"),
    ],
)
def test_a_location_is_resolved_against_the_address(location: str, target: str) -> None:
    assert redirect_target("https://example.mn/a/", location) == target


@pytest.mark.parametrize(
    "location",
    [
        "http://[example.mn/",
        "//[::1",
        "http://example.mn:port/",
        "http://a\x01/",
        "http://\u2100.mn/",
    ],
)
def test_an_invalid_location_is_the_other_servers_fault(location: str) -> None:
    with pytest.raises(httpx2.RemoteProtocolError, match="Location"):
        redirect_target("https://example.mn/a/", location)
