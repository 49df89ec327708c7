"""JSON-LD with bundled contexts → triples; JSON that breaks its grammar in small ways."""
