"""Personal data of foreign catalogues: a value is withheld, never a dataset.

Organisations' contacts and addresses of offices stay: they are published to be used. Withheld are
name, mail, phone and address of persons; register and phone numbers in prose where they are
Mongolian. The finding names property and place, never the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from graph.core.privacy import mask_personal_data
from graph.search.normalize import normalized_keys
from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.spool import Pairs
from loaders.catalogues.naming.terms import text_of
from vocab.namespaces import DCT, FOAF, RDFS, SCHEMA, SKOS, VCARD, Namespace

_SCHEMA_OLD = Namespace("http://schema.org/")

_PERSONS = frozenset(map(str, (FOAF.Person, VCARD.Individual, SCHEMA.Person, _SCHEMA_OLD.Person)))
_OFFICES = frozenset(map(str, (VCARD.Organization, VCARD.Group, FOAF.Organization)))
_CONTACTS = frozenset(map(str, (VCARD.Kind, VCARD.VCard, *(VCARD[n] for n in ("Work", "Voice")))))

_NAMES = frozenset(
    (
        *map(str, (FOAF.name, FOAF.nick, FOAF.givenName, FOAF.familyName, FOAF.firstName)),
        *map(str, (FOAF.lastName, FOAF.surname, FOAF.givenname, FOAF.family_name, RDFS.label)),
        *map(str, (SKOS.prefLabel, SKOS.altLabel, DCT.title, VCARD.fn, VCARD.hasFN)),
        *(str(VCARD[n]) for n in ("given-name", "family-name", "additional-name", "nickname")),
        *(str(VCARD[n]) for n in ("hasName", "hasGivenName", "hasFamilyName", "hasNickname", "n")),
        *(str(s[n]) for s in (SCHEMA, _SCHEMA_OLD) for n in ("name", "givenName", "familyName")),
    )
)
_MAILS = frozenset(
    (
        *map(str, (FOAF.mbox, FOAF.mbox_sha1sum, VCARD.hasEmail, VCARD.email)),
        *map(str, (SCHEMA.email, _SCHEMA_OLD.email)),
    )
)
_PHONES = frozenset(
    (
        *map(str, (FOAF.phone, VCARD.hasTelephone, VCARD.tel, VCARD.telephone)),
        *map(str, (SCHEMA.telephone, _SCHEMA_OLD.telephone)),
    )
)
_ADDRESSES = frozenset(
    (
        *(str(VCARD[n]) for n in ("hasAddress", "adr", "hasStreetAddress", "street-address")),
        *(str(VCARD[n]) for n in ("locality", "postal-code", "region", "hasPhoto", "bday")),
        *map(str, (FOAF.img, FOAF.depiction, SCHEMA.address, _SCHEMA_OLD.address)),
        "<http://www.w3.org/ns/locn#address>",
    )
)
_PERSONAL = _NAMES | _MAILS | _PHONES | _ADDRESSES
_TELLING = _MAILS | _PHONES | {str(VCARD.fn)}
"""Properties that nobody but persons and offices has."""

_CONTACT_DATA = _PERSONAL - set(map(str, (DCT.title, RDFS.label, SKOS.prefLabel)))

# texts that are keys or figures, in which digits are no phone
_NO_PROSE = frozenset(map(str, (DCT.identifier, SKOS.notation))) | _PHONES

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-])*")
# From the beginning of a word only: a value may be one word of a megabyte (an image as text).
_MAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]++@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"\b\w++://\S+")
_MONGOLIAN_PHONE = re.compile(r"\+976[\s-]?[5-9]\d{3}[\s-]?\d{4}(?!\d)")
_LIKE_A_PERSONS = re.compile(r"[^\W\d_]{2,}[._][^\W\d_]{2,}")
_FREE_MAIL = re.compile(
    r"@(gmail|googlemail|yahoo|hotmail|outlook|live|icloud|gmx|mail|yandex)\.[a-z.]+$",
    re.IGNORECASE,
)


class Withheld(NamedTuple):
    """A value that is not published, by kind of finding and property; or one that is undecided."""

    kind: str
    predicate: str


class PersonalData:
    """Decides what of a node's properties is published.

    `country` is that of the source, `contacts` is `all`, `organisations` or `none`;
    `properties` gives what a node states.
    """

    def __init__(self, country: str, contacts: str, properties: Callable[[str], Pairs]) -> None:
        self._is_mongolian = country == "MN"
        self._contacts = contacts
        self._properties = properties
        self._parts = lru_cache(maxsize=1000)(self._decide)

    def published(self, node: str) -> Pairs:
        """The properties of a node that are published."""
        return self._parts(node)[0]

    def findings(self, node: str) -> list[Withheld]:
        """What was withheld of a node, and what could not be decided."""
        return self._parts(node)[1]

    def _decide(self, node: str) -> tuple[Pairs, list[Withheld]]:
        pairs = self._properties(node)
        personal, undecided = self._personal(pairs)
        kept, findings = [], [Withheld("contact-undecided", "")] if undecided else []
        for predicate, value in pairs:
            if predicate in personal:
                findings.append(Withheld("person-withheld", predicate))
            elif value.startswith('"') and self._has_number(predicate, value):
                findings.append(Withheld("number-withheld", predicate))
            else:
                kept.append((predicate, value))
        return kept, findings

    def _personal(self, pairs: Pairs) -> tuple[frozenset[str], bool]:
        """The properties of a node that are personal, and whether that is undecided."""
        if not any(predicate in _TELLING or value in _PERSONS for predicate, value in pairs):
            return frozenset(), False
        types = {value for predicate, value in pairs if predicate == kinds.TYPE}
        is_contact = bool(types & (_CONTACTS | _OFFICES)) or any(
            predicate in _MAILS or predicate == str(VCARD.fn) for predicate, _ in pairs
        )
        if self._contacts == "none" and (is_contact or types & _PERSONS):
            return (_PERSONAL if types & _PERSONS else _CONTACT_DATA), False
        if self._contacts == "all" or types & _OFFICES:
            return frozenset(), False
        if types & _PERSONS:
            return _PERSONAL, False
        if not is_contact:
            return frozenset(), False
        names = [text_of(value) for predicate, value in pairs if predicate in _NAMES]
        mails = list(self._mails(pairs))
        if any(is_person(name, mail) for name in names for mail in mails):
            return _CONTACT_DATA, False
        return frozenset(), any(map(_may_be_a_persons, mails))

    def _mails(self, pairs: Pairs) -> Iterator[str]:
        """The mail addresses of a node, also those one step away."""
        for predicate, value in pairs:
            if predicate in _MAILS:
                texts = [value] if not value.startswith("_:") else []
                texts += [one for _, one in self._properties(value)] if not texts else []
                yield from (text_of(one).removeprefix("mailto:") for one in texts)

    def _has_number(self, predicate: str, value: str) -> bool:
        """Whether a text has what looks like a Mongolian register or phone number."""
        if not (self._is_mongolian or "+976" in value):
            return False
        if predicate in _NO_PROSE or '"^^' in value:
            return False
        text = _MAIL.sub("", _URL.sub("", text_of(value)))
        if _MONGOLIAN_PHONE.search(text):
            return True
        return self._is_mongolian and mask_personal_data(text) != text


def is_person(name: str, mail: str) -> bool:
    """Whether a name looks like a person's and recurs in the mail address, in either alphabet.

    Words such as “office” or “info” are no test: they exist in every language.
    """
    local = mail.partition("@")[0].lower()
    # also Б.Болд: the initial of the father's name stands before
    words = re.split(r"[\s.,]+", name.strip(" .,"))
    if not 2 <= len(words) <= 4 or not all(map(_WORD.fullmatch, words)):
        return False
    if not all(word[0].isupper() for word in words):
        return False
    if words[-1].lower() in ("jr", "sr"):
        words.pop()
    flat = _spellings(local)
    # an office writes its whole name: Open Data, opendata@
    if flat & _spellings("".join(words)) and not re.search(r"[._-]", local):
        return False
    ends = _spellings(words[0]) | _spellings(words[-1])
    return any(len(word) > 2 and word in text for word in ends for text in flat)


def _spellings(text: str) -> set[str]:
    """The letters of a text as Latin spellings have them."""
    letters = re.sub(r"[\W\d_]", "", text).lower()
    # the keys of the search index; those of Latin spellings begin with an apostrophe
    return {key[1:] for key in normalized_keys(letters) if key.startswith("'")}


def _may_be_a_persons(mail: str) -> bool:
    local = mail.partition("@")[0]
    return bool(_LIKE_A_PERSONS.fullmatch(local) or _FREE_MAIL.search(mail))
