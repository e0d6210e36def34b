"""Two writers, one scenario: nobody's change is lost unseen; what one has already is not sent again."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.api.callers import DOCUMENT, LAMBDA, Caller, problem

MINIMAL = {"Prefer": "return=minimal"}


def etag(caller: Caller, path: str) -> str:
    return caller.get(path).headers["ETag"]


@pytest.mark.both_databases
def test_every_answer_of_a_scenario_carries_its_etag(ada: Caller) -> None:
    made = ada.post("/scenarios", json=DOCUMENT)
    path = made.headers["Location"]
    tags = [made.headers["ETag"]]
    assert etag(ada, path) == tags[0] and tags[0].startswith('"') and tags[0].endswith('-1"')
    for method, where, sent in (
        ("PATCH", path, {"name": "New"}),
        ("PUT", path, DOCUMENT),
        ("POST", f"{path}/status", {"status": "completed"}),
        ("POST", f"{path}/resources", LAMBDA),
    ):
        response = ada.call(method, where, json=sent)
        assert response.headers["ETag"] == etag(ada, path)
        tags.append(response.headers["ETag"])
    assert len(set(tags)) == 5
    copy = ada.post(f"{path}/duplicate")
    assert copy.headers["ETag"] == etag(ada, copy.headers["Location"]) not in tags


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("PATCH", "", {"name": "Second"}),
        ("PUT", "", DOCUMENT),
        ("DELETE", "", None),
        ("POST", "/status", {"status": "archived"}),
        ("POST", "/resources", LAMBDA),
        ("PUT", "/resources/{}", LAMBDA),
        ("PATCH", "/resources/{}", {"name": "renamed"}),
        ("DELETE", "/resources/{}", None),
    ],
)
def test_a_change_for_a_version_that_is_gone_is_refused(
    ada: Caller, method: str, path: str, sent: dict[str, object] | None
) -> None:
    base = f"/scenarios/{ada.new_scenario()}"
    resource = ada.get(base).get_json()["resources"][0]["id"]
    old = etag(ada, base)
    new = ada.patch(base, json={"name": "First"}).headers["ETag"]
    before = ada.get(base).get_json()
    status, detail = problem(ada.call(method, base + path.format(resource), {"If-Match": old}, json=sent))
    assert status == 412 and "its version is now 2" in detail
    assert ada.get(base).get_json() == before
    accepted = ada.call(method, base + path.format(resource), {"If-Match": new}, json=sent)
    assert accepted.status_code < 300


def test_an_asterisk_matches_whatever_is_there(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}"
    assert ada.patch(path, json={"name": "New"}, headers={"If-Match": "*"}).status_code == 200
    assert problem(ada.patch(f"/scenarios/{uuid4()}", json={}, headers={"If-Match": "*"}))[0] == 404


def test_one_of_several_etags_is_enough(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}"
    several = f'"something-else", {etag(ada, path)}'
    assert ada.patch(path, json={"name": "New"}, headers={"If-Match": several}).status_code == 200


def test_weak_and_foreign_etags_match_nothing(ada: Caller) -> None:
    path, other = f"/scenarios/{ada.new_scenario()}", f"/scenarios/{ada.new_scenario()}"
    for sent in (f"W/{etag(ada, path)}", etag(ada, other), '"7"', '""', '"' + "9" * 500 + '"'):
        assert problem(ada.patch(path, json={"name": "New"}, headers={"If-Match": sent}))[0] == 412


@pytest.mark.parametrize("sent", ["", "7", '"open', "abc-1", '"a" "b"', "*, *", "'quoted'"])
def test_what_is_no_etag_is_answered_with_what_to_send(ada: Caller, sent: str) -> None:
    path = f"/scenarios/{ada.new_scenario()}"
    status, detail = problem(ada.patch(path, json={"name": "New"}, headers={"If-Match": sent}))
    assert status == 400 and "with its quotes" in detail
    assert ada.get(path).get_json()["version"] == 1


def test_what_one_has_already_is_not_sent_again(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}"
    first = etag(ada, path)
    for where in (path, f"{path}/resources"):
        again = ada.get(where, headers={"If-None-Match": first})
        assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", first)
    assert ada.get(path, headers={"If-None-Match": f'W/{first}, "other"'}).status_code == 304
    ada.patch(path, json={"name": "New"})
    assert ada.get(path, headers={"If-None-Match": first}).status_code == 200


def test_a_total_has_an_etag_that_follows_it(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}?fields=name,total_usd"
    with_total = etag(ada, path)
    assert with_total != etag(ada, path.partition("?")[0])
    assert ada.get(path, headers={"If-None-Match": with_total}).status_code == 304
    changed = ada.patch(path.partition("?")[0], json={"name": "New"}, headers={"If-Match": with_total})
    assert changed.status_code == 200  # the version in it is what counts


def test_a_refused_change_beside_a_condition_says_what_is_wrong(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}"
    sent = {"If-Match": etag(ada, path)}
    assert problem(ada.patch(path, json={"region": "moon-1"}, headers=sent))[0] == 422


def test_minimal_answers_have_no_body(ada: Caller) -> None:
    made = ada.post("/scenarios", json=DOCUMENT, headers=MINIMAL)
    path = made.headers["Location"]
    assert (made.status_code, made.get_data()) == (201, b"") and made.headers["ETag"] == etag(ada, path)
    for method, where, sent in (
        ("PATCH", path, {"name": "New"}),
        ("PUT", path, DOCUMENT),
        ("POST", f"{path}/status", {"status": "completed"}),
    ):
        response = ada.call(method, where, {"Prefer": "respond-async, Return=Minimal; x=1"}, json=sent)
        assert (response.status_code, response.get_data()) == (204, b"")
        assert response.headers["Preference-Applied"] == "return=minimal"
        assert response.headers["ETag"] == etag(ada, path)
    assert "Preference-Applied" not in ada.patch(path, json={}, headers={"Prefer": "wait=5"}).headers


@pytest.mark.both_databases
def test_of_50_writers_for_one_version_one_wins(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}"
    condition = {"If-Match": etag(ada, path)}

    def write(number: int) -> int:
        response = ada.of_its_own().patch(path, json={"name": f"writer {number}"}, headers=condition)
        return response.status_code

    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(write, range(50)))
    assert sorted(statuses) == [200] + [412] * 49
    after = ada.get(path).get_json()
    assert after["version"] == 2 and after["name"] == f"writer {statuses.index(200)}"


@pytest.mark.both_databases
def test_of_50_writers_without_a_condition_all_are_counted(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario(resources=[])}"

    def write(number: int) -> int:
        own = {"service": "sqs", "name": f"queue {number}"}
        return ada.of_its_own().post(f"{path}/resources", json=own).status_code

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(write, range(50))) == {201}
    after = ada.get(path).get_json()
    assert after["version"] == 51
    assert {resource["name"] for resource in after["resources"]} == {
        f"queue {number}" for number in range(50)
    }


@pytest.mark.both_databases
def test_writers_who_read_again_after_a_412_lose_nothing(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario(tags=[])}"

    def add_tag(number: int) -> None:
        writer = ada.of_its_own()
        while True:
            found = writer.get(path)
            tags = [*found.get_json()["tags"], f"tag-{number}"]
            condition = {"If-Match": found.headers["ETag"]}
            if writer.patch(path, json={"tags": tags}, headers=condition).status_code == 200:
                return

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(add_tag, range(10)))
    after = ada.get(path).get_json()
    assert set(after["tags"]) == {f"tag-{number}" for number in range(10)} and after["version"] == 11
