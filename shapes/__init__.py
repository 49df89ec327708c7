"""The rules: SHACL shapes in Turtle, the validator, the findings (imports vocab and libraries)."""
