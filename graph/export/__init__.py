"""The catalogue as others read it: DCAT-AP in one file."""

from graph.export.catalogue import catalogue
from graph.export.write import SYNTAXES, Exported, export

__all__ = ["SYNTAXES", "Exported", "catalogue", "export"]
