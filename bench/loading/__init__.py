"""Loading with full provenance, beside plain bulk load; what VoID costs within it."""
