"""How rdflib reads literals: as they are written, and without parsing them as documents.

Literals are foreign text. By default rdflib rewrites them ("2025"^^xsd:gYear becomes a date),
parses HTML as a browser does (100 kB in five minutes), and logs a traceback for each that is
invalid. Import this module for its effect before anything is parsed.
"""

from __future__ import annotations

import logging

import rdflib
from rdflib import RDF, term

rdflib.NORMALIZE_LITERALS = False
for _datatype in (RDF.HTML, RDF.XMLLiteral):
    term._toPythonMapping[_datatype] = None  # the value is the text
logging.getLogger(term.__name__).setLevel(logging.ERROR)
