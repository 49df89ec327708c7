"""RDF/XML: well-formed or mended until it is, then its triples."""
