"""Requests to other servers: which IP addresses may be called, and a timeout of every call."""
