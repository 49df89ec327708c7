"""Commands about the log: list, export, prove, witnesses, evidence bundles."""
