"""Checks of ledger, archive, versions and stores against each other."""
