"""Results on their way out: serialisation by media type, JSON-LD, spooling."""
