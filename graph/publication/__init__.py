"""From the ledger's events to a published snapshot: staging, patching, projections, recovery."""
