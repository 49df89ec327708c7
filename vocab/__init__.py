"""Our vocabularies in Turtle, namespaces, types of RDF terms. Imports no other package of ours."""
