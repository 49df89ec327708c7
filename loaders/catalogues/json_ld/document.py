"""JSON-LD by PyLD: pyoxigraph and rdflib lose statements where types carry contexts of their own.

PyLD expands the document; the triples are made from the expanded form here, because its own
conversion to RDF drops in silence what has an address with a blank.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

from pyld import jsonld

from graph.core.errors import InputError
from loaders.catalogues.json_ld import contexts, lax_json
from loaders.catalogues.json_ld.triples import ExpandedTriples, NodePlaces
from loaders.catalogues.model import ReadItem, ReadProblem, ReceivedDocument
from loaders.catalogues.model.terms import TermReader, named_node, parsing_base
from loaders.formats.json_strict import pointer
from vocab.terms import Node

_HINT = "Correct the document. Its structure is described at https://www.w3.org/TR/json-ld11/."
_KEPT = ("@context", "@id", "@type", "id", "type")
_DATASET = re.compile(r"(?:^|[:/#])Dataset$")

Expanded = list[dict[str, Any]]


class _Part(NamedTuple):
    """A part of a document: as it stands there, and expanded, or why it cannot be."""

    value: Any
    expanded: Expanded
    problem: ReadProblem | None = None


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The triples of a document. A node that is no JSON-LD costs itself alone.

    Raises InputError for cut JSON, a context that is not bundled, and a document that has no node
    that can be read.
    """
    value, problems = lax_json.load(document)
    yield from problems
    places, terms = NodePlaces(value, document.place), TermReader(document)
    triples, stated, datasets = ExpandedTriples(terms, places), 0, 0
    for part in _parts(document, value):
        if part.problem:
            yield part.problem
            continue
        stated += _count_datasets(part.value)
        datasets += _count_datasets(part.expanded)
        yield from triples.items(part.expanded)
    if datasets < stated:
        raise InputError(
            f"{stated} objects say that they are datasets, by the context only {datasets} are",
            where=document.name,
            hint="Map the type to http://www.w3.org/ns/dcat#Dataset in the document's @context.",
        )


def _parts(document: ReceivedDocument, value: Any) -> Iterator[_Part]:
    """The whole expanded, or each node alone where one is broken.

    Raises InputError.
    """
    try:
        yield _Part(value, _expand(document, value))
    except jsonld.JsonLdError as error:
        key, items = _longest_list(value)
        if "context" in str(error.code) or len(items) < 2:
            raise _input_error(document, error) from error
        yield from _each(document, value, key, items)


def _each(document: ReceivedDocument, value: Any, key: str, items: list[Any]) -> Iterator[_Part]:
    if key:  # what stands beside the list; where this cannot be read, nothing can
        beside = {**value, key: []}
        try:
            yield _Part(beside, _expand(document, beside))
        except jsonld.JsonLdError as error:
            raise _input_error(document, error) from error
    around = {name: value[name] for name in _KEPT if name in value} if key else {}
    for number, item in enumerate(items):
        try:
            yield _Part(item, _expand(document, {**around, key: [item]} if key else [item]))
        except jsonld.JsonLdError as error:
            place = document.place + pointer(*((key, number) if key else (number,)))
            problem = ReadProblem("record-isolated", _subject(item), place, _message(error))
            yield _Part(item, [], problem)


def _subject(item: Any) -> Node | None:
    """The IRI of a node that cannot be read, so that its last version can be kept."""
    name = item.get("@id") if isinstance(item, dict) else None
    return named_node(name) if isinstance(name, str) else None


def _expand(document: ReceivedDocument, value: Any) -> Expanded:
    options: Any = {"base": parsing_base(document.base), "documentLoader": contexts.load}
    with warnings.catch_warnings(action="ignore"):  # of terms that JSON-LD reserves
        expanded: Expanded = jsonld.expand(value, options)
    return expanded


def _longest_list(value: Any) -> tuple[str, list[Any]]:
    """The key and the items of the longest list of an object, "" for a list itself."""
    if isinstance(value, list):
        return "", value
    lists = [(k, v) for k, v in value.items() if isinstance(v, list) and k not in _KEPT]
    return max(lists, key=lambda pair: len(pair[1]), default=("", []))


def _message(error: jsonld.JsonLdError) -> str:
    while isinstance(error.__cause__, jsonld.JsonLdError):
        error = error.__cause__
    text = str(error.args[0] if error.args else error.type)
    return f"{error.code or 'invalid JSON-LD'}: {text}"[:300]


def _input_error(document: ReceivedDocument, error: jsonld.JsonLdError) -> InputError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, contexts.UnknownContext):
            return InputError(str(cause), where=document.name, hint=contexts.HINT)
        cause = cause.__cause__ or cause.__context__
    return InputError(_message(error), where=document.name, hint=_HINT)


def _count_datasets(value: Any) -> int:
    """How many objects have a type named Dataset, by its IRI or another form of its name."""
    if isinstance(value, list):
        return sum(map(_count_datasets, value))
    if not isinstance(value, dict):
        return 0
    types = value.get("@type", ())
    names = types if isinstance(types, list) else [types]
    own = any(isinstance(name, str) and _is_dataset(name) for name in names)
    inner = (v for k, v in value.items() if k not in ("@context", "@value"))
    return own + sum(map(_count_datasets, inner))


def _is_dataset(name: str) -> bool:
    # a type that no context gives a meaning becomes a relative IRI
    return bool(_DATASET.search(name)) and not name.startswith(parsing_base(""))
