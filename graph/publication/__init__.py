"""From ledger events to a published snapshot: staging, applying patches, projections, recovery."""
