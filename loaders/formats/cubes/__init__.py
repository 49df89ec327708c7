"""RDF Data Cubes, whatever their figures came in: structure, codes, periods, observations."""
