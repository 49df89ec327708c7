"""Why a download gave no usable response."""

from __future__ import annotations


class DownloadError(Exception):
    """No usable response, as the message says; `url` is where it happened.

    `reason` is that of an ExchangeError, or `size` (a limit of size), `redirects` (too many of
    them), `encoding` (the body cannot be unpacked) or `secret` (the body repeats a credential).
    """

    def __init__(self, reason: str, message: str, url: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.url = url
