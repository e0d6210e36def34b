"""Lists in numbered pages: links lead on and back, and whoever reads to the end gets there."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.callers import Caller
from webapp.infra.jobs import RecordingDispatcher


@pytest.fixture
def three(ada: Caller, queue: RecordingDispatcher) -> Caller:
    """Has three reports."""
    path = f"/scenarios/{ada.new_scenario()}/reports"
    for _ in range(3):
        ada.post(path, json={"format": "csv"})
    return ada


def _links(answer: TestResponse) -> dict[str, str]:
    return {
        relation: address for address, relation in re.findall(r'<(.*?)>; rel="(\w+)"', answer.headers["Link"])
    }


def test_reading_until_a_page_is_empty_ends(three: Caller) -> None:
    for path in ("/reports?page_size=2", "/prices?service=kms"):
        found, total = 0, three.get(path).get_json()["total"]
        for page in range(1, 100):
            items = three.get(f"{path}&page={page}").get_json()["items"]
            found += len(items)
            if not items:
                break
        assert found == total


def test_a_page_after_the_last_is_empty_and_says_how_many_there_are(three: Caller) -> None:
    reports = three.get("/reports?page=50").get_json()
    assert reports == {"items": [], "total": 3, "page": 50, "pages": 1, "page_size": 20}
    prices = three.get("/prices?service=lambda&page=99999").get_json()
    assert (prices["items"], prices["page"]) == ([], 99_999)
    assert prices["total"] > 50 and prices["pages"] > 1


def test_links_lead_on_and_back(three: Caller) -> None:
    base = "/api/v2/reports?format=csv&page_size=2"
    pages = {page: _links(three.get(f"{base}&page={page}")) for page in (1, 2, 9)}
    assert pages == {
        1: {"first": base, "next": f"{base}&page=2"},
        2: {"first": base, "prev": f"{base}&page=1"},
        9: {"first": base, "prev": f"{base}&page=2"},
    }
    assert len(three.get(pages[1]["next"]).get_json()["items"]) == 1


def test_prices_are_followed_to_the_last_page(client: FlaskClient) -> None:
    address, keys = "/api/v2/prices?service=lambda", list[tuple[str, str]]()
    while address:
        answer = client.get(address)
        keys += [(item["key"], item["region"]) for item in answer.get_json()["items"]]
        address = _links(answer).get("next", "")
    assert len(keys) == len(set(keys)) == answer.get_json()["total"]


def test_a_list_without_anything_has_one_page(ada: Caller) -> None:
    answer = ada.get("/reports")
    assert answer.get_json()["pages"] == 1
    assert _links(answer) == {"first": "/api/v2/reports"}
