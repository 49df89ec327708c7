"""Types of values in source descriptions: what is right, and what is said of what is not."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from pathlib import PurePath
from typing import Annotated

from pydantic import AfterValidator

from graph.core.toml_schema import TomlKeyError
from loaders.descriptions.ids import ID_HINT, is_valid_id

_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
# what the connection and the address need; another value would ask another server, or smuggle
_FIXED_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "expect"}
    | {"accept-encoding", "user-agent"}
)
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8})*")
# of ISO 639: those in which Mongolian agencies write, and those of their neighbours and partners
_LANGUAGES = frozenset(
    "mn mon en eng kk kaz ru rus zh zho bo bod tyv ja jpn ko kor de deu fr fra es spa it ita pl pol"
    " cs ces tr tur mul und".split()
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def _by_language(texts: dict[str, str]) -> dict[str, str]:
    for tag, text in texts.items():
        if not _LANGUAGE.fullmatch(tag) or tag.partition("-")[0].lower() not in _LANGUAGES:
            raise TomlKeyError((tag,), f"“{tag}” is not a language tag, like mn or en{_near(tag)}")
        if _CONTROL.search(text):
            raise TomlKeyError((tag,), "the text has control characters")
    return texts


def _near(tag: str) -> str:
    """The language that is meant: letters in another order, or one of them, or its name."""
    letters = sorted(tag.lower())
    meant = [one for one in ("mn", "en") if sorted(one) == letters or tag.lower().startswith(one)]
    close = meant or get_close_matches(tag.lower(), ("mn", "en"), 1, 0.5)
    return f". Did you mean “{close[0]}”?" if close else ""


def _texts(texts: dict[str, str]) -> dict[str, str]:
    _by_language(texts)
    if not any(text.strip() for text in texts.values()):
        raise ValueError("there is no text in any language")
    return texts


def _id(text: str) -> str:
    if not is_valid_id(text):
        raise ValueError(f"“{text}” is not a valid id. {ID_HINT}")
    return text


def _http(text: str) -> str:
    if not re.fullmatch(r"https?://[^/\s]\S*", text):
        raise ValueError(f"“{text}” is not an http(s) address")
    if "@" in text.split("/")[2]:
        raise ValueError("an address must not contain credentials: see [credentials]")
    return text


def _file(text: str) -> str:
    if "://" in text:
        return _http(text)
    if not PurePath(_not_blank(text)).parts:
        raise ValueError(f"“{text}” is a folder, not a file or a pattern of files")
    return text


def _date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) or not _is_date(text):
        raise ValueError(f"“{text}” is not a date")
    return text


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def check_iri(text: str) -> str:
    """An http(s) address as given.

    Raises ValueError where it cannot be an IRI.
    """
    if re.search(r'[<>"{}|\\^`]', _http(text)):
        raise ValueError(f"“{text}” has characters that no IRI may have")
    return text


def _key(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]+", text):
        raise ValueError(f"“{text}” is not a key: letters A-Z, digits, “.”, “_” and “-”")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is empty")
    return text


def _header_value(text: str) -> str:
    if not re.fullmatch(r"[!-~]([ -~]*[!-~])?", text):
        raise ValueError(f"“{text}” cannot be the value of a header: printable ASCII can")
    return text


def _header_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", text):
        raise ValueError(f"“{text}” is not the name of a header")
    if text.lower() in _SECRET_HEADERS or "key" in text.lower() or "token" in text.lower():
        raise ValueError(f"“{text}” is a credential: say in [credentials] where it is kept")
    if text.lower() in _FIXED_HEADERS:
        raise ValueError(f"“{text}” follows from the address and the connection")
    return text


DateText = Annotated[str, AfterValidator(_date)]
Texts = Annotated[dict[str, str], AfterValidator(_texts)]
OptionalTexts = Annotated[dict[str, str], AfterValidator(_by_language)]
"""Texts by language; there may be none."""
SourceId = Annotated[str, AfterValidator(_id)]
HttpAddress = Annotated[str, AfterValidator(_http)]
"""An address to request."""
HttpIri = Annotated[str, AfterValidator(check_iri)]
"""An address that becomes an IRI in statements."""
Key = Annotated[str, AfterValidator(_key)]
"""A text that becomes the end of an IRI."""
OptionalKey = Annotated[str, AfterValidator(lambda text: text and _key(text))]
Text = Annotated[str, AfterValidator(_not_blank)]
FilePattern = Annotated[str, AfterValidator(_file)]
OptionalAddress = Annotated[str, AfterValidator(lambda text: text and _http(text))]
HeaderName = Annotated[str, AfterValidator(_header_name)]
HeaderValue = Annotated[str, AfterValidator(_header_value)]
