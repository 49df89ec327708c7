"""Query results: serialisation by media type, JSON-LD, QLever's format, spooling."""
