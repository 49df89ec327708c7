"""How often a host is asked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pacer:
    """Keeps at least `interval` seconds between the beginnings of two requests to one host."""

    interval: float
    _next: dict[str, float] = field(default_factory=dict)

    def wait(self, host: str) -> None:
        """Wait until the host may be asked again."""
        now = time.monotonic()
        begin = max(now, self._next.get(host, now))
        self._next[host] = begin + self.interval
        time.sleep(begin - now)
