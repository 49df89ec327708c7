"""The rules: SHACL shapes, the validator and the findings made from its results."""
