"""Checks that ledger, archive, versions and store agree with each other."""
