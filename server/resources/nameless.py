"""Names in words of things that the data give none: what kind of thing it is, and of what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

from graph.core.iris import ROOT, period
from server.core.context import AppContext
from server.http.language import LANGUAGES
from server.pages.findings.summary import summaries
from server.pages.layout.writing import Texts, texts_by_language
from server.sparql import internal_queries
from server.sparql.labels import Labels, labels, labels_query, term_labels
from server.texts import TEXTS
from vocab.namespaces import DCAT, PROV, SKOS
from vocab.terms import Object

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
_MOST = 200  # things without a label that a page names
_MOST_BY_CLASS = 20  # of these, for which the names of things above them are asked one by one
_NEAREST = 4  # things above it by path, of which one may have a name

Names = dict[str, str]
"""A name in each language."""


def names(context: AppContext, iri: str, classes: Iterable[str], known: Labels) -> Names:
    """The name of a thing; empty where nothing says what it is.

    `known` are labels by IRI, of its classes too.
    """
    return by_form(context, [iri]).get(iri) or _by_class(context, iri, classes, known)


def readable(context: AppContext, iris: Iterable[str]) -> Labels:
    """Names of things in words: their labels, else what their path, their sentence, their codes or
    their class say. What nothing says anything of is left out, as is what the pages may not read.
    """
    asked = list(dict.fromkeys(iris))
    known = labels(context, asked)
    for name in (by_form, _periods, _findings, _observations, _of_classes):
        left = [iri for iri in asked if not known.get(iri)][:_MOST]
        if left:
            known |= name(context, left)
    return known


def _periods(_: AppContext, iris: Iterable[str]) -> Labels:
    """Periods without a label are called by their keys, as everywhere: 1995–2024."""
    start = period("")
    return {
        iri: dict.fromkeys(LANGUAGES, iri[len(start) :].replace("--", "–"))
        for iri in iris
        if iri.startswith(start)
    }


def _findings(context: AppContext, iris: Iterable[str]) -> Labels:
    """Findings by what they are about, and their sentences."""
    found = summaries(context, [iri for iri in iris if "/finding/" in iri])
    return {one.iri: _in_each(one.about, one.says) for one in found}


def _observations(context: AppContext, iris: Iterable[str]) -> Labels:
    """Observations by the names of their codes, in the order of the dimensions."""
    asked = [iri for iri in iris if "/cube/" in iri]
    rows = internal_queries.select(context.pool, "trace/observation", asked) if asked else []
    parts: dict[str, dict[tuple[str, str], list[Object]]] = {}
    for row in rows:
        order = row["order"].value.zfill(9) if "order" in row else "~"
        of_thing = parts.setdefault(row["thing"].value, {})
        of_thing.setdefault((order, row["of"].value), []).append(row["name"])
    return {
        iri: _in_each([texts_by_language(found[key]) for key in sorted(found)], {})
        for iri, found in parts.items()
    }


def _in_each(parts: Sequence[Texts], says: Texts) -> Names:
    """Names with commas between and a sentence behind, in each language as far as they go."""
    made = {}
    for tag in LANGUAGES:
        names = ", ".join(_text(one, tag) for one in parts)
        made[tag] = ": ".join(filter(None, (names, _text(says, tag))))
    return {tag: text for tag, text in made.items() if text}


def _text(texts: Texts, tag: str) -> str:
    return next((texts[one] for one in (tag, "", *LANGUAGES) if one in texts), "")


def _of_classes(context: AppContext, iris: Iterable[str]) -> Labels:
    classes: dict[str, list[str]] = {}
    for row in internal_queries.select(context.pool, "resources/classes", [*iris]):
        classes.setdefault(row["thing"].value, []).append(row["class"].value)
    known = labels(context, {one for found in classes.values() for one in found})
    few = [*classes.items()][:_MOST_BY_CLASS]
    named = {iri: _by_class(context, iri, found, known) for iri, found in few}
    return {iri: names for iri, names in named.items() if names}


def by_form(context: AppContext, iris: Iterable[str]) -> Labels:
    """The names of those things that the form of their path names, in each language."""
    formed = {iri: found for iri in iris if (found := _form(context, iri))}
    titles = labels(context, _wholes(formed.values()))
    return {
        iri: _written(key, found, titles.get(found.get("whole", ""), {}))
        for iri, (key, found) in formed.items()
    }


def form_queries(context: AppContext, iris: Iterable[str]) -> list[str]:
    """The query of `by_form`, for `internal_queries.joined`."""
    return labels_query(context, _wholes(filter(None, (_form(context, iri) for iri in iris))))


def _wholes(formed: Iterable[tuple[str, dict[str, str]]]) -> list[str]:
    """What the things are of whose names their paths form."""
    return sorted({found.get("whole", "") for _, found in formed} - {""})


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
    above, _, key = iri.rpartition("/")
    own = _class_and_key(classes, key, known)
    whole = _nearest(context, above) if own else {}
    return {tag: (f"{whole[tag]}: " if tag in whole else "") + name for tag, name in own.items()}


def _class_and_key(classes: Iterable[str], key: str, known: Labels) -> Names:
    ours = term_labels()
    kinds = [known.get(one) or ours.get(one, {}) for one in classes if one not in _SAYS_NOTHING]
    kind = next((one for one in kinds if all(tag in one for tag in LANGUAGES)), {})
    return {
        tag: _BY_CLASS[tag].format(kind=kind[tag], key=unquote(key))
        for tag in LANGUAGES
        if kind and key
    }


def parts(classes: Mapping[str, Iterable[str]], known: Labels) -> Labels:
    """The names of parts of a thing (`…#key`, and their classes) that have none: class and key."""
    named = {
        iri: _class_and_key(of, iri.rpartition("#")[2], known)
        for iri, of in classes.items()
        if "#" in iri and iri not in known
    }
    return {iri: names for iri, names in named.items() if names}


def queries(context: AppContext, iri: str) -> list[str]:
    """The query by which `names` finds what a thing is a part of."""
    return labels_query(context, _above(context, iri.rpartition("/")[0]))


def _above(context: AppContext, path: str) -> list[str]:
    """A path and those above it, the nearest first."""
    base, above = context.instance.base, list[str]()
    while len(path) > len(base) and len(above) < _NEAREST:
        above.append(path)
        path = path.rpartition("/")[0]
    return above


def _nearest(context: AppContext, path: str) -> Names:
    """The name of the nearest thing at a path or above that has one."""
    above = _above(context, path)
    known = labels(context, above) if above else {}
    return next((known[iri] for iri in above if iri in known), {})
