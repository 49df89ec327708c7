"""RDF in the envelopes of protocols: records of OAI-PMH and CSW, results of SPARQL."""
