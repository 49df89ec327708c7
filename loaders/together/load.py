"""Load several sources and publish them in one snapshot.

Publishing takes longer than loading a small source, and as long for twenty as for one. Each load is
logged when it is done; their Publish events are logged together at the end. A run that dies before
that leaves loads that are logged and not published: the next load of the same bytes publishes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace

from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.ledger import Ledger
from graph.publication.joint import JointPublication
from graph.publication.publish import Publisher
from graph.publication.writer_session import writer_session
from loaders.pipeline.load import load_into
from loaders.pipeline.model import LoadOutcome
from loaders.pipeline.source import Source

_ALL = "ulzii"

Reporting = Callable[[str], AbstractContextManager[Reporter]]
"""Gives the reporter of what has a title: a source, or the publication of all."""


def load_together(
    instance: Instance, sources: Iterable[Source], reporting: Reporting, wait: float = 0.0
) -> list[LoadOutcome]:
    """Load sources, references first, and publish all that is new in one snapshot.

    The writer's lock is held all the time, so this is for sources that need not be waited for. What
    was loaded before a source that fails is published, and the error is raised. Raises as
    `loaders.pipeline.load.load` does.
    """
    with writer_session(instance, "load", wait) as ledger:
        joint, done = JointPublication(), list[LoadOutcome]()
        try:
            for source in sources:
                with reporting(source.id) as reporter:
                    done.append(load_into(instance, ledger, source, joint, reporter))
        except Exception:
            _publish(instance, ledger, joint, reporting)
            raise
        snapshot = _publish(instance, ledger, joint, reporting)
    new = {load["index"] for load, _ in joint.versions}
    return [replace(one, snapshot=snapshot) if one.load in new else one for one in done]


def _publish(
    instance: Instance, ledger: Ledger, joint: JointPublication, reporting: Reporting
) -> int | None:
    """The number of the new snapshot; None where nothing is new."""
    if not joint.versions:
        return None
    with reporting(_ALL) as reporter:
        return Publisher(instance, ledger, reporter).publish_together(joint.versions).number
