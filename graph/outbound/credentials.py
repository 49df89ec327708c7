"""Credentials of a server: sent to it alone, and shown nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SHORTEST = 4  # characters; a shorter secret stands in any text by chance


def origin(url: str) -> str:
    """Scheme, host and port of a URL (RFC 6454), as text; empty for what is no http(s) URL."""
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        return ""
    port = parsed.port or _DEFAULT_PORTS.get(parsed.scheme)
    host = parsed.raw_host.decode("ascii").lower()
    return f"{parsed.scheme}://{host}:{port}" if host and port else ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Headers for one origin, and the secret texts in them, which no other text may contain."""

    origin: str
    headers: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def headers_for(self, url: str) -> Mapping[str, str]:
        """The headers for a request of this URL; none for another origin, as after a redirect."""
        return self.headers if origin(url) == self.origin else {}

    def mask(self, text: str) -> str:
        """A text without the secrets."""
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return text

    def needles(self) -> tuple[bytes, ...]:
        """The secrets as bytes, to look for in what comes back; without those that are too short to
        be told from other text."""
        return tuple(s.encode() for s in self.secrets if len(s) >= _SHORTEST)
