"""`/about`, `/help` and the other pages about the service, as `PAGES` lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from flask import Blueprint, render_template

from server.core.context import AppContext
from server.http.problem_details import HttpProblem
from server.pages.layout.navigation import CONTACT


@dataclass(frozen=True, slots=True)
class AboutPage:
    """A page of texts: keys of its title and lead, and of its headings.

    The text under the heading `x` is `x_text`. `links`: keys and addresses under the texts.
    """

    title: str
    lead: str
    sections: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()


PAGES = {
    "/about": AboutPage(
        "nav_about",
        "about_lead",
        ("about_way", "about_values", "about_limits", "about_log", "about_rights"),
        (("nav_help", "/help"), ("nav_accessibility", "/about/accessibility"), ("nav_log", "/log")),
    ),
    "/about/accessibility": AboutPage(
        "nav_accessibility",
        "reach_lead",
        ("reach_done", "reach_not_done"),
        (("nav_help", "/help"),),
    ),
    "/help": AboutPage(
        "nav_help",
        "help_lead",
        ("help_find", "help_marks", "help_findings", "help_map", "help_data", "help_trace"),
        (
            ("nav_data", "/datasets"),
            ("nav_places", "/places"),
            ("nav_findings", "/findings"),
            ("nav_examples", "/.well-known/sparql-examples"),
            ("evidence_help", "/help/evidence"),
        ),
    ),
    "/help/publish": AboutPage(
        "nav_add_data",
        "publish_lead",
        ("publish_catalogue", "publish_tables", "publish_describe", "publish_mend"),
        (
            ("nav_quality", "/quality"),
            ("nav_sources", "/sources"),
            ("nav_catalogue", "/catalog.ttl"),
        ),
    ),
    "/contribute": AboutPage(
        "nav_contribute",
        "contribute_lead",
        ("contribute_data", "contribute_code", "contribute_words"),
        (("nav_api", "/openapi.json"),),
    ),
}


def blueprint(context: AppContext) -> Blueprint:
    """These pages, and `/contact` where the instance names one."""
    part = Blueprint("about", __name__)
    for path, page in PAGES.items():
        part.add_url_rule(path, page.title, _shown(page))

    @part.get(CONTACT)
    def contact() -> str:
        if not context.instance.contact:
            raise HttpProblem(
                404,
                "this service names no contact",
                detail_mn="энэ үйлчилгээ холбоо барих хаяг заагаагүй",
            )
        return render_template("about/contact.html", contact=context.instance.contact)

    return part


def _shown(page: AboutPage) -> Callable[[], str]:
    return lambda: render_template("about/page.html", shown=page, version=version("ulzii"))
