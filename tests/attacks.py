"""Documents that attack a parser: small to send, large or endless to read."""

from __future__ import annotations

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DOCTYPE = '<?xml version="1.0"?>\n<!DOCTYPE rdf:RDF [{}]>\n'
_ROOT = (
    f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:d="http://purl.org/dc/terms/">'
    '<rdf:Description rdf:about="http://x/a">{}</rdf:Description></rdf:RDF>'
)
_STATEMENT = "<http://x/a> <http://x/p> "


def rdf_xml(declarations: str, title: str) -> bytes:
    """RDF/XML with entities and a title that uses them."""
    return (_DOCTYPE.format(declarations) + _ROOT.format(f"<d:title>{title}</d:title>")).encode()


def nested_entities(levels: int = 9, opening: str = "", closing: str = "") -> bytes:
    """Entities each of which is ten times as long as the one before: 10^levels characters."""
    names = "abcdefghijkl"[:levels]
    values = ["aaaaaaaaaa", *(f"&{name};" * 10 for name in names)]
    declared = "".join(f'<!ENTITY {n} "{v}">' for n, v in zip(names, values, strict=False))
    return rdf_xml(opening + declared + closing, f"&{names[-1]};")


def nested_xml(levels: int) -> bytes:
    """Elements in elements: the time of the parser grows with the square of the levels."""
    opening, closing = "<rdf:Description><d:p>", "</d:p></rdf:Description>"
    return _ROOT.format(f"<d:p>{opening * levels}{closing * levels}</d:p>").encode()


def nested_terms(levels: int) -> bytes:
    """Triple terms in triple terms: they overflow the parser's stack."""
    opening, closing = f"<<( {_STATEMENT}" * levels, ")>>" * levels
    return f'{_STATEMENT}{opening}"1"{closing} .\n'.encode()


def long_list(items: int) -> bytes:
    """Lists in lists, which cost 400 bytes of memory per byte."""
    return f"{_STATEMENT}{'(' * items}{')' * items} .\n".encode()


ENTITIES = {
    "nested entities": (nested_entities(), "line 2 column"),
    "in a comment": (nested_entities(opening="<!-- ", closing=" -->"), "in a comment"),
    "an external entity": (
        rdf_xml('<!ENTITY e SYSTEM "file:///etc/passwd">', "&e;"),
        "external entity “e” is not allowed: file:///etc/passwd",
    ),
    "a parameter entity": (rdf_xml('<!ENTITY % p "x"> %p;', "x"), "parameter entity “p”"),
    "a long entity": (rdf_xml(f'<!ENTITY e "{"x" * 5000}">', "&e;"), "more than 4,096 characters"),
    "many references": (
        rdf_xml(f'<!ENTITY e "{"x" * 4000}">', "&e;" * 20_000),
        "more than 64 MiB of text",
    ),
    "many entities": (
        rdf_xml("".join(f'<!ENTITY e{n} "x">' for n in range(1001)), "x"),
        "more than 1,000 entities",
    ),
    "an entity after the root": (
        _ROOT.format('<!DOCTYPE r [<!ENTITY a "x">]><d:t>&a;</d:t>').encode(),
        "after the first element",
    ),
    "a character that is one": (
        rdf_xml('<!ENTITY a "x"><!ENTITY b "&#38;a;">', "&b;"),
        "contains markup or other entities",
    ),
}
"""RDF/XML whose entities are refused, and a part of the message."""
