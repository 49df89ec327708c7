"""Repairs around the first element: what stands after its end, and prefixes it does not declare."""

from __future__ import annotations

import re
from collections.abc import Iterator

from loaders.catalogues.model import ReadProblem, ReceivedDocument
from loaders.catalogues.model.positions import line_at, line_locator
from loaders.catalogues.model.prefixes import WELL_KNOWN

ROOT = re.compile(rb"<(?![?!])(?P<name>[^\s/<>]+)(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*>")
UNKNOWN = "urn:x-ulzii:undeclared:"
"""The namespaces of prefixes that mean nothing; statements with them are left out."""
_PREFIXES = re.compile(rb"<(?!\?)([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']")
_DECLARED = re.compile(rb"\sxmlns:([\w.-]+)\s*=")
_MARKUP = re.compile(rb"(?:\s|<!--.*?-->|<\?.*?\?>)*", re.S)
_DETAIL = 60  # characters of dropped text in a problem


def is_cut(data: bytes) -> bool:
    """Whether the end tag of the first element is missing."""
    root = ROOT.search(data)
    return root is None or not (root[0].endswith(b"/>") or _ends(data, root["name"]))


def _ends(data: bytes, name: bytes) -> list[re.Match[bytes]]:
    return list(re.finditer(rb"</" + re.escape(name) + rb"\s*>", data))


def mend(document: ReceivedDocument, data: bytes) -> tuple[bytes, list[ReadProblem]]:
    """The bytes up to the end of the first element, with all prefixes declared."""
    problems: list[ReadProblem] = []
    root = ROOT.search(data)
    ends = _ends(data, root["name"]) if root else []
    if root is None or not ends:
        return data, problems
    end = ends[-1].end()
    rest = data[end:]
    if not _MARKUP.fullmatch(rest):
        line = line_locator(line_at(data, end) + document.first_line)
        detail = rest.decode("utf-8", "replace").strip()[:_DETAIL]
        problems.append(ReadProblem("text-dropped", None, line, detail))
        data = data[:end]
    declarations = dict(_missing(data))
    line = line_locator(line_at(data, root.start()) + document.first_line)
    for prefix, namespace in declarations.items():
        known = not namespace.startswith(UNKNOWN)
        kind = "prefix-assumed" if known else "statement-dropped"
        detail = f"{prefix}: {namespace}" if known else f"{prefix}: is declared nowhere"
        problems.append(ReadProblem(kind, None, line, detail))
    text = "".join(f' xmlns:{prefix}="{iri}"' for prefix, iri in declarations.items())
    return data[: root.end("name")] + text.encode() + data[root.end("name") :], problems


def _missing(data: bytes) -> Iterator[tuple[str, str]]:
    """The prefixes that are used and declared nowhere, with what they usually mean, if anything."""
    used = {element or attribute for element, attribute in _PREFIXES.findall(data)}
    for prefix in sorted(used - set(_DECLARED.findall(data))):
        name = prefix.decode()
        if name not in ("xml", "xmlns"):
            yield name, WELL_KNOWN.get(name, f"{UNKNOWN}{name}:")
