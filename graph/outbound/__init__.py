"""Requests to other servers: which addresses may be called, how long a call may take.

ssrf_guard      resolves a host, and refuses private addresses
total_timeout   limits the time of a whole request
redirects       resolves the target of a redirect
"""
