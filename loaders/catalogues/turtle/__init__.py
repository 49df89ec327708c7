"""Turtle, TriG, N-Triples, N-Quads and N3 → triples, whole or statement by statement."""
