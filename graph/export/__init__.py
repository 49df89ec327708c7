"""Export of the catalogue as DCAT-AP, in one file."""

from graph.catalogue.description.prefixes import PREFIXES
from graph.catalogue.syntax import SYNTAXES
from graph.export.write import Exported, export, lines

__all__ = ["PREFIXES", "SYNTAXES", "Exported", "export", "lines"]
