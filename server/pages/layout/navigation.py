"""What header and footer link. A link to an address that no route answers is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask
from werkzeug.exceptions import HTTPException

from graph.core.instance import Instance


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A link of the header or footer: the key of its text, and its address."""

    key: str
    href: str


def _links(*pairs: tuple[str, str]) -> tuple[NavigationLink, ...]:
    return tuple(NavigationLink(key, href) for key, href in pairs)


HEADER = _links(
    ("nav_data", "/datasets"),
    ("nav_organisations", "/organisations"),
    ("nav_places", "/places"),
    ("nav_services", "/services"),
    ("nav_findings", "/findings"),
    ("nav_sources", "/sources"),
    ("nav_quality", "/quality"),
    ("nav_log", "/log"),
    ("nav_sparql", "/sparql"),
)
FOOTER = {
    "name": _links(
        ("nav_laws", "/laws"),
        ("nav_provisions", "/provisions"),
        ("nav_terms", "/terms"),
        ("nav_about", "/about"),
        ("nav_help", "/help"),
        ("nav_contact", "/contact"),
        ("nav_accessibility", "/about/accessibility"),
    ),
    "nav_publishers": _links(
        ("nav_add_data", "/help/publish"),
        ("nav_improve", "/quality"),
    ),
    "nav_developers": _links(
        ("nav_api", "/openapi.json"),
        ("nav_catalogue", "/catalog.ttl"),
        ("nav_examples", "/.well-known/sparql-examples"),
        ("nav_contribute", "/contribute"),
    ),
    "nav_audit": _links(
        ("nav_trace", "/trace"),
        ("nav_log_checks", "/log"),
        ("nav_verify", "/verify"),
        ("nav_history", "/history"),
        ("nav_sources", "/sources"),
    ),
}
SEARCH = "/search"
CONTACT = "/contact"


_ANY_THING = "things."  # the route of all IRIs answers every path, most of them with 404


def init_app(app: Flask, instance: Instance) -> None:
    """Give templates `navigation`, which knows all routes when the first page is made."""
    links = Navigation(app, instance)
    app.context_processor(lambda: {"navigation": links})


class Navigation:
    """The links that lead somewhere on this server."""

    def __init__(self, app: Flask, instance: Instance) -> None:
        self._routes = app.url_map.bind("")
        self._has_contact = bool(instance.contact)
        self._known: dict[str, bool] = {}

    def has(self, href: str) -> bool:
        """Whether this server has a page at a path."""
        if href == CONTACT and not self._has_contact:
            return False
        if href not in self._known:
            self._known[href] = self._is_route(href)
        return self._known[href]

    def _is_route(self, href: str) -> bool:
        try:
            endpoint, _ = self._routes.match(href)
        except HTTPException:
            return False
        return not str(endpoint).startswith(_ANY_THING)

    def only(self, links: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Of pairs of a text's key and an address those that this server has."""
        return [(key, href) for key, href in links if self.has(href)]

    @property
    def header(self) -> list[NavigationLink]:
        """The links of the header."""
        return [link for link in HEADER if self.has(link.href)]

    @property
    def footer(self) -> dict[str, list[NavigationLink]]:
        """The columns of the footer, by the key of their heading."""
        columns = {
            key: [one for one in links if self.has(one.href)] for key, links in FOOTER.items()
        }
        return {key: links for key, links in columns.items() if links}

    @property
    def has_search(self) -> bool:
        """Whether there is a page of search results."""
        return self.has(SEARCH)
