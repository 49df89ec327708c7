"""The language of a page: from `?lang=`, else the cookie, else Accept-Language, else Mongolian."""

from __future__ import annotations

import re

from flask import Flask, Response, g, request

from server.texts import TEXTS

LANGUAGES = ("mn", "en")
COOKIE = "lang"
_NOUN = re.compile(r"\[(\w+): ([^|\]]*)\|([^\]]*)\]")


class InterfaceText(str):
    """A text of ours, whose words may depend on a number: `{shown} [shown: dataset|datasets]`.

    The first form is for one, the second for all other numbers (CLDR, English); Mongolian has one.
    """

    __slots__ = ()

    def format(self, *args: object, **values: object) -> str:
        """The text with its values, and with the forms that its numbers ask for."""

        def form(found: re.Match[str]) -> str:
            name, one, many = found.groups()
            return one if str(values[name]) == "1" else many

        return str.format(_NOUN.sub(form, self), *args, **values)


def current() -> str:
    """The language of the current request, `mn` or `en`."""
    for tag in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if tag in LANGUAGES:
            return str(tag)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def text(key: str) -> str:
    """A text of the interface in the reader's language."""
    return InterfaceText(TEXTS[key][LANGUAGES.index(g.language)])


def choose(texts: dict[str, str]) -> str:
    """The text in the reader's language, else in the other one, else in none."""
    return texts.get(g.language) or next(filter(None, map(texts.get, (*LANGUAGES, ""))), "")


def other(texts: dict[str, str]) -> str:
    """The text in the language that `choose` did not take; empty if it is the same text."""
    others = [texts.get(tag, "") for tag in LANGUAGES if tag != g.language]
    return others[0] if others[0] != choose(texts) else ""


def init_app(app: Flask) -> None:
    """Set the language for each request and template; store a choice in a cookie."""

    @app.before_request
    def find() -> None:
        g.language = current()

    @app.after_request
    def remember(response: Response) -> Response:
        if request.args.get("lang") in LANGUAGES:
            response.set_cookie(COOKIE, g.language, max_age=31536000, samesite="Lax")
        if response.mimetype == "text/html":  # only pages depend on the language
            response.vary.update(("Accept", "Accept-Language", "Cookie"))
            response.headers["Content-Language"] = g.language
        return response

    app.jinja_env.globals.update(t=text, choose=choose, other=other)
