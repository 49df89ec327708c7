"""A record of a capture as people read it: in its table, its document or its text.

Captures are foreign bytes. What has a grammar (JSON, RDF, workbooks) is parsed in a process with
limits; rows and lines are cut out here, in bounded memory. Personal data is masked in what is
shown (`graph.trace.records.masking`).
"""
