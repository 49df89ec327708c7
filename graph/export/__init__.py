"""Export of the catalogue as DCAT-AP, in one file."""

from graph.catalogue.syntax import PREFIXES, SYNTAXES
from graph.export.write import Exported, export, lines

__all__ = ["PREFIXES", "SYNTAXES", "Exported", "export", "lines"]
