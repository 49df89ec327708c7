"""Pages of systems of the state, services of ХУР and their providers, what the ministry says."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.dataset_pages import app, client, facts, soup

__all__ = ["app", "client"]
pytestmark = pytest.mark.slow

POLICE = "/id/value/xyp/bcd639967cc5a4ad"
ITEM = "/id/thing/ministry-page/items/2022-07-19"
FINDING = "/finding/ministry-page/law-named-rightly" + ITEM.replace("2022-07-19", "2023-05-04")


def test_a_service_of_the_exchange_has_its_facts_in_words(client: FlaskClient) -> None:
    page = soup(client, "/id/service/xyp/GS10038.html", "mn")
    said = facts(page)
    assert said["нийтлэгч"] == "Цагдаагийн ерөнхий газар ◇ дүгнэсэн"
    assert said["хандах эрх"] == "хязгаарлагдсан ◇ дүгнэсэн"
    assert said["регистрийн дугаар дурдсан"] == "Үгүй"
    assert page.select_one("nav a[href='/services']") is not None


def test_a_system_has_its_facts_in_one_language_and_its_services_behind(
    client: FlaskClient,
) -> None:
    page = soup(client, "/id/service/khur.html", "mn")
    assert facts(page)["тэмдэглэл"] == "Хандахад гэрээ, VPN, түлхүүр хэрэгтэй."
    assert "499" in page.select("#incoming li")[0].text
    channels = facts(soup(client, "/id/service/e-mongolia.html", "mn"))["суваг"]
    assert channels == "“mobile-app” суваг, “web-portal” суваг"


def test_a_provider_without_a_register_number_is_given_none(client: FlaskClient) -> None:
    said = facts(soup(client, f"{POLICE}.html", "mn"))
    assert said["Улсын бүртгэлийн дугаар"] == "мэдэгдээгүй"
    assert said["Танигч"] == POLICE[1:]
    said = facts(soup(client, "/id/org/3075923.html", "mn"))
    assert said["Улсын бүртгэлийн дугаар"] == said["Танигч"] == "3075923"


def test_services_are_filtered_by_provider_and_group(client: FlaskClient) -> None:
    page = soup(client, "/services", "en")
    offered = [str(one["href"]) for one in page.select(".facets a")]
    assert "/services?theme=xyp-group%2Fcitizen" in offered
    listed = soup(client, f"/services?publisher=https://w3id.org/ulzii{POLICE}", "mn")
    assert listed.h1 is not None and listed.h1.text == "Үйлчилгээ: 28"
    first = listed.select(".items li")[0]
    assert "Цагдаагийн ерөнхий газар ◇ дүгнэсэн" in " ".join(first.text.split())


@pytest.mark.parametrize("language", ["mn", "en"])
def test_parts_of_a_news_item_and_what_points_at_a_thing_have_names(
    client: FlaskClient, language: str
) -> None:
    page = soup(client, f"{ITEM}.html", language)
    parts = [one.a for one in page.select("main ul.items > li")]
    assert len(parts) == 28
    assert all(one is not None and " " in one.text for one in parts)
    whole = soup(client, "/id/thing/ministry-page/pages/2022-09-22.html", language)
    title = {"mn": "21 аймгийн үйлчилгээ цахимжиж", "en": "Services of 21 aimags go online"}
    assert title[language] in whole.text


def test_a_finding_about_a_news_item_calls_it_no_dataset(client: FlaskClient) -> None:
    page = soup(client, f"{FINDING}/transparency-act.html")
    assert "Description only" not in page.text
    assert not [one for one in page.select("h2") if one.text == "Dataset"]


def test_a_period_is_called_by_its_key(client: FlaskClient) -> None:
    page = soup(client, "/id/dataset/local-fund/works/cube/0111351/2014/7.html", "mn")
    assert "2014" in [one.text for one in page.select("details.rdf td a")]


def test_a_trace_writes_yes_and_no_and_addresses_as_they_are(client: FlaskClient) -> None:
    page = soup(client, "/trace?of=/id/service/xyp/GS10038", "mn")
    values = [one.text.strip() for one in page.select("main table td")]
    assert "Үгүй" in values and "false" not in values
    assert "“”" not in page.text and "https://xyp.gov.mn/" in page.text
