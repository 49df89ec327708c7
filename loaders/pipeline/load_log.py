"""What a load writes to archive and ledger before it publishes: Fetch, Code, Quarantine."""

from __future__ import annotations

import json
from typing import Any

from graph.archive import Archive
from graph.core.errors import InputError, RulesBroken, UlziiError
from graph.core.privacy import mask_personal_data
from graph.ledger import Event, Ledger, chunks, event, manifests
from graph.ledger.events import now
from graph.versions import held
from graph.versions.state import RESTRICTED
from loaders.fetching import manifest
from loaders.fetching.model import FetchedRun
from loaders.pipeline import code_digest
from loaders.pipeline.source import Source

_MOST = 4000  # characters of a reason: a message may quote what it is about


class LoadLog:
    """Records the steps of one load; the caller holds the writer lock."""

    def __init__(self, ledger: Ledger, archive: Archive, source: Source) -> None:
        self._ledger = ledger
        self._archive = archive
        self._source = source

    def fetch(self, fetched: FetchedRun) -> Event:
        """Write the Fetch event of a run, whose bytes are taken into the archive."""
        self._archive.take(fetched.archive, (one.digest for one in fetched.responses if one.digest))
        (fetch_event,) = self._ledger.append(self.fetch_draft(fetched))
        return fetch_event

    def fetch_draft(self, fetched: FetchedRun) -> Event:
        """The Fetch event of a run, not written yet; its manifest is archived."""
        before = self._last_entries()
        listed = self._with_chunks(manifest.entries(fetched.responses), before, fetched.archive)
        encoded = manifest.encode(listed)
        is_same = manifest.content(before) == manifest.content(listed)
        outcome = "failed" if fetched.failure else "same" if is_same else "changed"
        few = len(encoded) <= manifests.MAX_INLINE[outcome]
        return event(
            "Fetch",
            source=self._source.id,
            outcome=outcome,
            manifest=self._archive.put(encoded),
            counts=manifest.counts(listed, before),
            **self._visibility,
            **({"responses": listed} if few else {}),
            **({"error": _reason(fetched.failure)} if fetched.failure else {}),
        )

    @property
    def _visibility(self) -> dict[str, str]:
        """What makes an event of a restricted source a sealed one before its first load."""
        said = self._source.visibility
        return {"visibility": said} if said == RESTRICTED else {}

    def _with_chunks(
        self, listed: list[dict[str, Any]], before: list[dict[str, Any]], fetched: Archive
    ) -> list[dict[str, Any]]:
        """The entries with the roots over the pieces of their bytes (graph.ledger.chunks)."""
        known = {e["sha256"]: e["chunks"] for e in before if "chunks" in e}
        for digest in {e["sha256"] for e in listed if "sha256" in e} - known.keys():
            archive = self._archive if digest in self._archive else fetched
            known[digest] = chunks.root(archive, digest)
        return [{**e, "chunks": known[e["sha256"]]} if "sha256" in e else e for e in listed]

    def _last_entries(self) -> list[dict[str, Any]]:
        last = self._ledger.last("Fetch", self._source.id)
        return manifests.responses(last, self._archive) if last else []

    def code(self) -> dict[str, str]:
        """Register the code of the mapping and of the shapes; give the digest of each."""
        return {
            "mapping": code_digest.register(
                "mapping",
                self._source.id,
                code_digest.mapping_files(self._source),
                self._archive,
                self._ledger,
                self._visibility,
            ),
            "shapes": code_digest.register(
                "shapes", "shapes", code_digest.shapes_files(), self._archive, self._ledger
            ),
        }

    def supersede_held(self) -> None:
        """Reject what waits for approval: the source says again what is published."""
        if load := held.waiting(self._ledger).get(self._source.id):
            self._ledger.append(
                event(
                    "Approve",
                    source=self._source.id,
                    version=load["version"],
                    load=load["index"],
                    decision=held.REJECT,
                    reason="the source says again what is published",
                    by="ulzii load",
                )
            )

    def quarantine(self, fetch_event: Event, error: Exception) -> None:
        """Write the Quarantine event of a load that failed, without personal data."""
        if not isinstance(error, UlziiError):
            error = UlziiError(f"{type(error).__name__}: {error}", where=self._source.loader)
        self._ledger.append(
            event(
                "Quarantine",
                source=self._source.id,
                fetch=fetch_event["index"],
                reason=mask_personal_data(str(error))[:_MOST],
                report=self._error_report(error),
                **self._visibility,
            )
        )

    def _error_report(self, error: UlziiError) -> str:
        if isinstance(error, RulesBroken):
            return error.report
        # archived reports of quarantined loads carry the message under "what"
        what = mask_personal_data(error.message)
        report: dict[str, Any] = {"what": what, "where": error.where, "hint": error.hint}
        if isinstance(error, InputError) and error.rejected:
            report["rejected"] = [{"place": p, "reason": r} for p, r in error.rejected]
        return self.archive_json(report)

    def archive_json(self, value: Any) -> str:
        """Archive a value as JSON, sorted by key; give its digest."""
        return self._archive.put(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


class DryRunLog(LoadLog):
    """The same of a load that is only tried: it gives what would be logged, and writes nothing."""

    def fetch(self, fetched: FetchedRun) -> Event:
        """The Fetch event that would be written; the bytes stay where they are."""
        return {**self.fetch_draft(fetched), "index": self._ledger.size, "at": now()}

    def code(self) -> dict[str, str]:
        """See LoadLog."""
        return {
            "mapping": code_digest.digest_of(code_digest.mapping_files(self._source)),
            "shapes": code_digest.digest_of(code_digest.shapes_files()),
        }

    def supersede_held(self) -> None:
        """See LoadLog."""

    def quarantine(self, fetch_event: Event, error: Exception) -> None:
        """See LoadLog."""


def _reason(error: UlziiError) -> str:
    """What a failed run is known by, without personal data and without advice."""
    where = f"{error.where}: " if error.where else ""
    return mask_personal_data(f"{where}{error.message}")[:_MOST]
