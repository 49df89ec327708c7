"""The knowledge graph: archive, ledger, versions, store, snapshots and queries."""
