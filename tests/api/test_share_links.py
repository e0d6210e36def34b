"""Share links over the API: made, listed, revoked, by the scenario's owner only."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.api.callers import Caller, MakeCaller, pointers
from webapp.services.sharing import MAX_LINKS


def _new(caller: Caller, scenario: str, **wishes: object) -> dict[str, object]:
    made = caller.post(f"/scenarios/{scenario}/share-links", json={"name": "the board"} | wishes)
    assert made.status_code == 201, made.get_data(as_text=True)
    document: dict[str, object] = made.get_json()
    return document


def _shown(client: FlaskClient, url: object) -> int:
    return client.get(str(url).removeprefix("http://localhost")).status_code


def test_a_link_is_made_shown_once_and_revoked(ada: Caller) -> None:
    scenario = ada.new_scenario()
    made = _new(ada, scenario, expires_in_days=7)
    url = made.pop("url")
    assert str(url).startswith("http://localhost/shared/ms_")
    assert str(made["prefix"]) in str(url)
    assert _shown(ada.client, url) == 200
    path = f"/scenarios/{scenario}/share-links"
    (listed,) = ada.get(path).get_json()["items"]
    assert listed.pop("last_opened_at") is not None
    assert listed == {name: value for name, value in made.items() if name != "last_opened_at"}
    for _ in range(2):
        assert ada.delete(f"{path}/{made['id']}").status_code == 204
    assert _shown(ada.client, url) == 404
    assert ada.get(path).get_json()["items"][0]["status"] == "revoked"


def test_without_a_lifetime_it_is_thirty_days_and_null_is_no_end(ada: Caller) -> None:
    scenario = ada.new_scenario()
    assert _new(ada, scenario)["expires_at"] is not None
    assert _new(ada, scenario, expires_in_days=None)["expires_at"] is None


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, {"/name"}),
        ({"name": 7}, {"/name"}),
        ({"name": "x" * 81}, {"/name"}),
        ({"name": "board", "expires_in_days": 8}, {"/expires_in_days"}),
        ({"name": "board", "expires_in_days": "7"}, {"/expires_in_days"}),
        ({"name": "board", "days": 7}, {"/days"}),
    ],
)
def test_wrong_wishes_are_named(ada: Caller, sent: dict[str, object], named: set[str]) -> None:
    refused = ada.post(f"/scenarios/{ada.new_scenario()}/share-links", json=sent)
    assert refused.status_code == 422
    assert pointers(refused) == named


def test_a_stranger_finds_nothing(ada: Caller, eve: Caller) -> None:
    scenario = ada.new_scenario()
    made = _new(ada, scenario)
    path = f"/scenarios/{scenario}/share-links"
    answers = [eve.get(path), eve.post(path, json={"name": "me"}), eve.delete(f"{path}/{made['id']}")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert ada.delete(f"{path}/{uuid4()}").status_code == 404
    assert _shown(ada.client, made["url"]) == 200


def test_a_key_needs_the_scope(ada: Caller, make_caller: MakeCaller) -> None:
    scenario = ada.new_scenario()
    reader = make_caller("ada", "read")
    assert reader.get(f"/scenarios/{scenario}/share-links").status_code == 200
    assert reader.post(f"/scenarios/{scenario}/share-links", json={"name": "board"}).status_code == 403
    assert reader.delete(f"/scenarios/{scenario}/share-links/{uuid4()}").status_code == 403


def test_a_request_sent_again_makes_no_second_link_and_keeps_no_url(ada: Caller) -> None:
    scenario, key = ada.new_scenario(), {"Idempotency-Key": "once"}
    path = f"/scenarios/{scenario}/share-links"
    first = ada.post(path, json={"name": "board"}, headers=key).get_json()
    again = ada.post(path, json={"name": "board"}, headers=key).get_json()
    assert first["url"].startswith("http")
    assert again == first | {"url": None}
    assert len(ada.get(path).get_json()["items"]) == 1


def test_the_limit_is_a_sentence(ada: Caller) -> None:
    scenario = ada.new_scenario()
    for _ in range(MAX_LINKS):
        _new(ada, scenario)
    refused = ada.post(f"/scenarios/{scenario}/share-links", json={"name": "one more"})
    assert refused.status_code == 409
    assert refused.get_json()["detail"] == "A scenario has at most 50 share links. Revoke one first."
