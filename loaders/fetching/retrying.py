"""When a request is sent again: the server is busy (429, 503), or was not reached.

A server may say how long to wait (Retry-After, RFC 9110 §10.2.3). It is waited for as long as it
asks, and never longer than `max_wait`: who asks for more is not asked again in this run.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import stamina
from stamina.instrumentation import set_on_retry_hooks

from graph.outbound.download_error import DownloadError
from graph.outbound.fetch_settings import FetchSettings

BUSY = frozenset({429, 502, 503, 504})
"""Statuses (RFC 9110, RFC 6585) of a server that may answer the same request later."""
_LONGEST_BACKOFF = 60.0  # seconds, where the server does not say how long

# stamina logs every repetition to standard error; here it is nobody's concern unless it fails
set_on_retry_hooks(())

T = TypeVar("T")


class ServerBusy(Exception):
    """A status of BUSY; `seconds` is how long the server asks to wait, None where it does not."""

    def __init__(self, status: int, seconds: float | None) -> None:
        super().__init__(f"HTTP status {status}")
        self.status = status
        self.seconds = seconds


def with_retries(send: Callable[[], T], settings: FetchSettings) -> T:
    """The result of `send`, called again where it raises ServerBusy or a connection fails.

    Raises what the last call raised.
    """
    for attempt in stamina.retry_context(
        on=lambda error: _wait_before_retry(error, settings),
        attempts=settings.attempts,
        timeout=None,
        wait_initial=settings.backoff,
        wait_max=_LONGEST_BACKOFF,
        wait_jitter=settings.backoff,
    ):
        with attempt:
            return send()
    raise AssertionError("stamina raises what the last attempt raised")


def _wait_before_retry(error: Exception, settings: FetchSettings) -> bool | float:
    """Whether to send again, or the seconds to wait before."""
    if isinstance(error, DownloadError):
        return error.reason == "connection"
    if not isinstance(error, ServerBusy):
        return False
    if error.seconds is None:
        return True
    # jitter upwards only: nobody comes before the time that the server named
    return error.seconds <= settings.max_wait and error.seconds + random.random() * settings.backoff


def retry_after(header: str, now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After header asks to wait; None for a header that says nothing."""
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):  # it is text from the server
        return None
    # RFC 9110 §5.6.7: an HTTP date is in UTC, also where it does not say so
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
