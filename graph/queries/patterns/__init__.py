"""What the pattern of a query is made of, and how its parts are put for the engine to join."""
