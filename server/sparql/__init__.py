"""The SPARQL endpoint and its editor: parameters, results, service description, examples."""
