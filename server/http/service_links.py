"""Well-known URLs (RFC 8615) of the service, and the Link header that names them."""

from __future__ import annotations

VOID = "/.well-known/void"
EXAMPLES = "/.well-known/sparql-examples"
TERMS = "/sparql/terms"
LINKS = ", ".join(
    (
        f'<{VOID}>; rel="describedby"',
        f'<{EXAMPLES}>; rel="help"',
        '</sparql?format=ttl>; rel="service-desc"; type="text/turtle"',
    )
)
"""The Link header of the endpoint (RFC 8288; `service-desc` is defined in RFC 8631)."""
