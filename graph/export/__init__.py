"""Export of the catalogue as DCAT-AP, in one file."""

from graph.export.catalogue import catalogue
from graph.export.write import PREFIXES, SYNTAXES, Exported, export

__all__ = ["PREFIXES", "SYNTAXES", "Exported", "catalogue", "export"]
