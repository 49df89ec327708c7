"""Score any catalogue: a file, an address, or the published version of one source."""

from __future__ import annotations

from datetime import datetime

import pyoxigraph as ox

from graph.ledger.events import now as current_time
from loaders.quality import Assessment, labels
from loaders.quality.evidence import PROFILE
from loaders.validation.candidate import CandidateDocument
from loaders.validation.reading_results import check_datasets
from shapes.profiles.validate import prepared_profile
from shapes.quality.score import score
from shapes.quality.scored_resource import Evidence
from shapes.results import VIOLATION
from shapes.validate import check


def assess_document(candidate: CandidateDocument, now: str = "") -> Assessment:
    """Score a catalogue that need not be published; `now` (RFC 3339) is the current second by
    default. Its URLs are not requested, and coverage of the law is a matter of what is published.

    Raises InputError where it describes no dataset.
    """
    check_datasets(candidate)
    at, lines = now or current_time(), list(candidate.lines)
    report = check(prepared_profile(PROFILE), lines)
    facts = Evidence(
        today=datetime.fromisoformat(at).date(),
        addresses={},
        violating=frozenset(one.focus for one in report.with_severity(VIOLATION)),
        identifiers=None,
    )
    store = ox.Store()
    text = b"\n".join([*lines, *candidate.reference, b""])
    store.bulk_load(text, format=ox.RdfFormat.N_TRIPLES)
    scores = score(store, facts)
    return Assessment(scores, (), at, labels(store, scores), is_published=False)
