"""Names in words of things that the data give none: what kind of thing it is, and of what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from graph.core.iris import ROOT
from server.core.context import AppContext
from server.http.language import LANGUAGES
from server.sparql.labels import Labels, labels, term_labels
from server.texts import TEXTS
from vocab.namespaces import DCAT, PROV, SKOS

_FORMS = (
    (re.compile(r"id/source/(?P<source>[^/]+)/v/(?P<key>\d+)"), "named_version"),
    (re.compile(r"code/\w+/(?P<source>[^/]+)/sha256-(?P<key>\w{8})\w*"), "named_code"),
    (re.compile(r"capture/sha256-(?P<key>\w{8})\w*"), "named_capture"),
    (re.compile(r"graph/(?P<source>[^/]+)/inferred"), "named_graph_inferred"),
    (re.compile(r"graph/(?P<source>[^/]+)/findings"), "named_graph_findings"),
    (re.compile(r"graph/(?P<source>[^/]+)"), "named_graph"),
    (re.compile(r"id/law/(?P<law>[^/]+)/mn"), "named_text_mn"),
    (re.compile(r"id/law/(?P<law>[^/]+)/en"), "named_text_en"),
)
"""Local paths and the texts that name what is at them."""
_WHOLES = {"source", "law"}
_BY_CLASS = {"mn": "“{key}” {kind}", "en": "{kind} “{key}”"}
_SAYS_NOTHING = {DCAT.Resource.value, PROV.Entity.value, SKOS.Concept.value}
_NEAREST = 4  # things above it by path, of which one may have a name

Names = dict[str, str]
"""A name in each language."""


def names(context: AppContext, iri: str, classes: Iterable[str], known: Labels) -> Names:
    """The name of a thing; empty where nothing says what it is.

    `known` are labels by IRI, of its classes too.
    """
    return by_form(context, [iri]).get(iri) or _by_class(context, iri, classes, known)


def by_form(context: AppContext, iris: Iterable[str]) -> Labels:
    """The names of those things that the form of their path names, in each language."""
    formed = {iri: found for iri in iris if (found := _form(context, iri))}
    wholes = {found[1].get("whole", "") for found in formed.values()} - {""}
    titles = labels(context, sorted(wholes)) if wholes else {}
    return {
        iri: _written(key, found, titles.get(found.get("whole", ""), {}))
        for iri, (key, found) in formed.items()
    }


def _form(context: AppContext, iri: str) -> tuple[str, dict[str, str]] | None:
    """The key of the text that names a path, and its parts; `whole` is what it is of."""
    for root in (context.instance.base, ROOT):
        for form, key in _FORMS:
            if iri.startswith(root) and (match := form.fullmatch(iri[len(root) :])):
                found = match.groupdict()
                for kind in _WHOLES & found.keys():
                    found["whole"] = f"{root}id/{kind}/{found[kind]}"
                return key, found
    return None


def _written(key: str, found: Mapping[str, str], titles: Names) -> Names:
    """A source without a title in a language is called by its key."""
    otherwise = unquote(found.get("whole", "").rpartition("/")[2])
    return {
        tag: TEXTS[key][number].format(whole=titles.get(tag, otherwise), key=found.get("key", ""))
        for number, tag in enumerate(LANGUAGES)
    }


def _by_class(context: AppContext, iri: str, classes: Iterable[str], known: Labels) -> Names:
    """By its class and the end of its IRI, behind the nearest thing above it that has a name."""
    ours = term_labels()
    kinds = [known.get(one) or ours.get(one, {}) for one in classes if one not in _SAYS_NOTHING]
    kind = next((one for one in kinds if all(tag in one for tag in LANGUAGES)), None)
    if kind is None:
        return {}
    above, _, key = iri.rpartition("/")
    whole = _nearest(context, above)
    return {
        tag: (f"{whole[tag]}: " if tag in whole else "")
        + _BY_CLASS[tag].format(kind=kind[tag], key=unquote(key))
        for tag in LANGUAGES
    }


def _nearest(context: AppContext, path: str) -> Names:
    """The name of the nearest thing at a path or above that has one."""
    base, above = context.instance.base, list[str]()
    while len(path) > len(base) and len(above) < _NEAREST:
        above.append(path)
        path = path.rpartition("/")[0]
    known = labels(context, above) if above else {}
    return next((known[iri] for iri in above if iri in known), {})
