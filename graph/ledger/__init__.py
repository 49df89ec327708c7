"""The ledger: an append-only log of events in a Merkle tree, with a signed checkpoint.

Ledger and archive together are the truth; stores and all other files can be made from them.
"""

from graph.ledger.creating import create
from graph.ledger.events import Event, event
from graph.ledger.log import Ledger
from graph.ledger.table import Events, of_kinds

__all__ = ["Event", "Events", "Ledger", "create", "event", "of_kinds"]
