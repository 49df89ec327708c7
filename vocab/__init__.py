"""The words: vocabularies as Turtle, and their namespaces. Imports nothing of ours."""
