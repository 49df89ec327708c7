"""Mapping and whole loads of a table, beside morph-kgc, pySHACL and bulk_load; peak memory."""
