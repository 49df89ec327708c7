"""Rules as SHACL shapes in Turtle, the validator, and findings (imports only vocab)."""
