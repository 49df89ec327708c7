"""The truth: an append-only log of what happened, signed and provable."""

from graph.ledger.events import Event, event
from graph.ledger.log import Ledger, create

__all__ = ["Event", "Ledger", "create", "event"]
