"""The words of the rules that restate DCAT-AP (shapes/profiles/dcat-ap.ttl)."""

from __future__ import annotations

import re

import pytest
import rdflib
from rdflib import RDFS, SH

from tests.test_profiles import rules_of, shapes

# They are written to a few patterns; what those made unreadable once is listed here.
UNNATURAL = re.compile(r"\bof it of\b|type of the type|give its standard|\w: \w|каталогийн каталог")


@pytest.mark.parametrize("predicate", [RDFS.label, SH.message])
def test_the_words_of_dcat_ap_are_sentences(predicate: rdflib.URIRef) -> None:
    found = [str(text) for text in shapes("dcat-ap").objects(None, predicate)]
    assert len(found) > 300
    assert [text for text in found if UNNATURAL.search(text)] == []


def test_a_message_says_what_its_rule_asks_of_which_property() -> None:
    graph = shapes("dcat-ap")
    for rule in rules_of(graph):
        path = graph.value(rule, SH.path)
        if not isinstance(path, rdflib.URIRef):
            continue
        asked = [graph.value(rule, part) for part in (SH.datatype, SH["class"])]
        names = [p for p in (path, *asked) if isinstance(p, rdflib.URIRef)]
        for message in graph.objects(rule, SH.message):
            for name in names:
                assert graph.namespace_manager.normalizeUri(name) in str(message), (rule, message)


def test_a_message_says_how_often() -> None:
    graph = shapes("dcat-ap")
    says = {"en": ("exactly once", "more than once"), "mn": ("яг нэг удаа", "нэгээс олон удаа")}
    for rule in rules_of(graph):
        least, most = (graph.value(rule, p) for p in (SH.minCount, SH.maxCount))
        asked = (least is not None and most is not None, least is None and most is not None)
        for message in graph.objects(rule, SH.message):
            assert isinstance(message, rdflib.Literal)
            words = says[str(message.language)]
            assert tuple(word in message for word in words) == asked, (rule, message)
