"""What a load writes to archive and ledger before it publishes: Fetch, Code, Quarantine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from graph.archive import Archive
from graph.core.errors import RulesBroken, UlziiError
from graph.core.privacy import mask_personal_data
from graph.ledger import Event, Ledger, event
from loaders.pipeline import capture, code_digest
from loaders.pipeline.capture import FetchResponse
from loaders.pipeline.record import Capture
from loaders.pipeline.source import Source


class LoadLog:
    """Records the steps of one load; the caller holds the writer lock."""

    def __init__(self, ledger: Ledger, archive: Archive, source: Source) -> None:
        self._ledger = ledger
        self._archive = archive
        self._source = source

    def fetch(self, responses: Sequence[FetchResponse]) -> tuple[Event, list[Capture]]:
        """Archive the responses and write the Fetch event; give both event and captures.

        Raises InputError, after the event, when a response failed.
        """
        entries = capture.archive_responses(responses, self._archive)
        manifest = self._archive.put(capture.manifest(entries))
        failed = any(response.failed for response in responses)
        (fetch_event,) = self._ledger.append(
            event(
                "Fetch",
                source=self._source.id,
                outcome="failed" if failed else self._compare_with_last(entries),
                manifest=manifest,
                responses=entries,
            )
        )
        return fetch_event, capture.captures(self._source.id, responses)

    def _compare_with_last(self, entries: Sequence[dict[str, Any]]) -> str:
        """Compare the bytes, not the manifests: what is said of a response can become more."""
        last = self._ledger.last("Fetch", self._source.id)
        return "same" if last and _content(last["responses"]) == _content(entries) else "changed"

    def code(self) -> dict[str, str]:
        """Register the code of the mapping and of the shapes; give the digest of each."""
        return {
            "mapping": code_digest.register(
                "mapping",
                self._source.id,
                code_digest.mapping_files(self._source),
                self._archive,
                self._ledger,
            ),
            "shapes": code_digest.register(
                "shapes", "shapes", code_digest.shapes_files(), self._archive, self._ledger
            ),
        }

    def quarantine(self, fetch_event: Event, error: Exception) -> None:
        """Write the Quarantine event of a load that failed, without personal data."""
        if not isinstance(error, UlziiError):
            error = UlziiError(f"{type(error).__name__}: {error}", where=self._source.loader)
        self._ledger.append(
            event(
                "Quarantine",
                source=self._source.id,
                fetch=fetch_event["index"],
                reason=mask_personal_data(str(error)),
                report=self._error_report(error),
            )
        )

    def _error_report(self, error: UlziiError) -> str:
        if isinstance(error, RulesBroken):
            return error.report
        # archived reports of quarantined loads carry the message under "what"
        return self.archive_json(
            {"what": mask_personal_data(error.message), "where": error.where, "hint": error.hint}
        )

    def archive_json(self, value: Any) -> str:
        """Archive a value as JSON, sorted by key; give its digest."""
        return self._archive.put(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


def _content(entries: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(e["name"], e["url"], e["media_type"], e.get("sha256")) for e in entries]
