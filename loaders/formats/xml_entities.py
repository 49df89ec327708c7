"""Check of the entities that an XML document declares, before a parser expands them.

Flat internal entities are everyday in RDF/XML (`<!ENTITY xsd "http://www.w3.org/2001/XMLSchema#">`)
and allowed within bounds. External and parameter entities and those that refer to others are
refused: the first make a parser read other files, the last double at each level.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from graph.core.errors import InputError

MAX_ENTITIES = 1000
MAX_LENGTH = 4096  # characters of one value
MAX_EXPANSION = 64 << 20  # characters that all references together become

_HINT = "Write the text itself in place of the entity's name, and remove the declaration."
_BLOCK = 1 << 16
_DOCTYPE = re.compile(rb"<!doctype", re.I)
_DECLARATION = re.compile(rb"<!ENTITY")
_PREDEFINED = re.compile(r"&(amp|lt|gt|quot|apos);")
_REFERENCE = re.compile(rb"&([^#&;\s][^&;\s]*);")


class _Root(Exception):
    """The root element: nothing can be declared after it."""


def check(data: bytes, name: str) -> None:
    """Refuse a document whose entities could harm a parser.

    Raises InputError with line and column.
    """
    if _DOCTYPE.search(data):
        _Scan(data, name).run()


@dataclass
class _Scan:
    """One run of expat over the document's beginning; it expands nothing."""

    data: bytes
    name: str
    lengths: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.EntityDeclHandler = self._declared
        self._parser.StartElementHandler = self._root

    def run(self) -> None:
        """Raises InputError."""
        try:
            for start in range(0, len(self.data), _BLOCK):
                self._parser.Parse(self.data[start : start + _BLOCK], False)
        except _Root:
            pass
        except expat.ExpatError as error:
            self._refuse(f"not well-formed XML: {expat.ErrorString(error.code)}", "Correct it.")
        self._check_declarations()
        self._check_expansion()

    def _declared(
        self,
        name: str,
        is_parameter: bool,
        value: str | None,
        base: str | None,
        system: str | None,
        public: str | None,
        notation: str | None,
    ) -> None:
        if is_parameter:
            self._refuse(f"the parameter entity “{name}” is not allowed")
        if value is None:
            self._refuse(f"the external entity “{name}” is not allowed: {system or public}")
        if "&" in _PREDEFINED.sub("", value) or "<" in value:
            self._refuse(f"the entity “{name}” contains markup or other entities")
        if len(value) > MAX_LENGTH:
            self._refuse(f"the entity “{name}” has more than {MAX_LENGTH:,} characters")
        self.lengths[name] = len(value)
        if len(self.lengths) > MAX_ENTITIES:
            self._refuse(f"the document declares more than {MAX_ENTITIES:,} entities")

    def _root(self, *_: object) -> NoReturn:
        raise _Root

    def _check_declarations(self) -> None:
        """Parsers of RDF/XML take declarations even from comments and after the root element."""
        if len(_DECLARATION.findall(self.data)) > len(self.lengths):
            self._refuse("an entity is declared twice, in a comment, or after the first element")

    def _check_expansion(self) -> None:
        if not self.lengths:
            return
        total = 0
        for match in _REFERENCE.finditer(self.data):
            total += self.lengths.get(match[1].decode("utf-8", "replace"), 0)
            if total > MAX_EXPANSION:
                self._refuse(f"the entities become more than {MAX_EXPANSION >> 20} MiB of text")

    def _refuse(self, message: str, hint: str = _HINT) -> NoReturn:
        parser = self._parser
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        raise InputError(message, where=f"{self.name} line {line} column {column}", hint=hint)
