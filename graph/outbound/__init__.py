"""Requests to other servers: which addresses may be called, how long a call may take.

ssrf_guard      resolves a host, and refuses private addresses
total_timeout   limits the time of a whole request
redirects       resolves the target of a redirect
exchange        sends one request to a checked address
credentials     headers for one server, sent to it alone
unpacking       unpacks a body within limits
download        downloads a whole response within limits, following redirects
fetch_settings  these limits, as the operator sets them
"""
