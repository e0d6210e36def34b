"""Reading a long list piece by piece: complete, in order, whatever is made or deleted meanwhile."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.api.callers import Caller, pointers

SORTS = ["name", "-name", "region", "-region", "created", "-created", "updated", "-updated"]


def names_of(caller: Caller, first: str) -> list[str]:
    """Names on all pieces from `first` on, by next_cursor."""
    names, path = [], first
    while path:
        piece = caller.get(path).get_json()
        names += [item["name"] for item in piece["items"]]
        cursor = piece["next_cursor"]
        path = f"{first}&cursor={quote(cursor)}" if cursor else ""
    return names


def link(caller: Caller, path: str, relation: str) -> str | None:
    header = caller.get(path).headers["Link"]
    found = re.search(rf'<([^>]+)>; rel="{relation}"', header)
    return found[1] if found else None


@pytest.fixture
def seven(ada: Caller) -> Caller:
    """Ada has seven scenarios, in two regions and with two names that differ in case only."""
    for name, region in zip("cAbaCBd", ["eu-west-1", "us-east-1"] * 4, strict=False):
        ada.new_scenario(name=f"{name}-ä", region=region, resources=[])
    return ada


@pytest.mark.both_databases
@pytest.mark.parametrize("sort", SORTS)
def test_pieces_add_up_to_the_list(seven: Caller, sort: str) -> None:
    whole = [item["name"] for item in seven.get(f"/scenarios?sort={sort}").get_json()["items"]]
    assert len(set(whole)) == 7
    for limit in (1, 2, 3, 6, 7):
        assert names_of(seven, f"/scenarios?sort={sort}&limit={limit}") == whole


@pytest.mark.both_databases
@pytest.mark.parametrize("sort", ["name", "-region"])
def test_links_lead_on_and_back(seven: Caller, sort: str) -> None:
    first = f"/api/v2/scenarios?sort={sort}&limit=3&fields=name"
    pieces, path = [], first
    while path:
        pieces.append([item["name"] for item in seven.get(path).get_json()["items"]])
        last, path = path, link(seven, path, "next") or ""
    assert [len(piece) for piece in pieces] == [3, 3, 1]
    back = link(seven, last, "prev")
    assert back and [item["name"] for item in seven.get(back).get_json()["items"]] == pieces[1]
    start = link(seven, back, "prev")
    assert start and [item["name"] for item in seven.get(start).get_json()["items"]] == pieces[0]
    assert link(seven, start, "prev") is None and link(seven, first, "prev") is None
    assert [
        item["name"] for item in seven.get(link(seven, last, "first") or "").get_json()["items"]
    ] == pieces[0]


@pytest.mark.both_databases
def test_nothing_is_left_out_or_doubled_when_scenarios_come_and_go(seven: Caller) -> None:
    first = seven.get("/scenarios?sort=name&limit=3").get_json()
    seven.delete(f"/scenarios/{first['items'][0]['id']}")
    seven.delete(f"/scenarios/{first['items'][2]['id']}")  # the one the cursor stands behind
    seven.new_scenario(name="0 before", resources=[])
    rest = names_of_rest(seven, first["next_cursor"])
    seen = [item["name"] for item in first["items"]] + rest
    assert len(seen) == len(set(seen)) == 7
    assert rest == sorted(rest, key=str.lower)


def names_of_rest(caller: Caller, cursor: str) -> list[str]:
    path = f"/scenarios?sort=name&limit=3&cursor={quote(cursor)}"
    piece = caller.get(path).get_json()
    rest = [item["name"] for item in piece["items"]]
    return rest + (names_of_rest(caller, piece["next_cursor"]) if piece["next_cursor"] else [])


def test_a_piece_says_how_many_there_are(seven: Caller) -> None:
    piece = seven.get("/scenarios?limit=2&region=eu-west-1").get_json()
    assert (piece["total"], piece["limit"], len(piece["items"]), piece["prev_cursor"]) == (4, 2, 2, None)
    assert "region=eu-west-1" in (link(seven, "/scenarios?limit=2&region=eu-west-1", "next") or "")


def test_an_empty_list_has_one_piece(ada: Caller) -> None:
    response = ada.get("/scenarios")
    assert response.get_json() == {
        "items": [], "total": 0, "limit": 20, "next_cursor": None, "prev_cursor": None,
    }  # fmt: skip
    assert response.headers["Link"] == '</api/v2/scenarios>; rel="first"'


def test_a_cursor_fits_its_own_list_only(seven: Caller, eve: Caller) -> None:
    cursor = quote(seven.get("/scenarios?sort=name&limit=3").get_json()["next_cursor"])
    assert seven.get(f"/scenarios?sort=name&limit=5&fields=id&cursor={cursor}").status_code == 200
    for other in ("sort=-name", "sort=name&region=eu-west-1", "sort=name&tag=shop", "sort=name&search=a"):
        assert pointers(seven.get(f"/scenarios?{other}&cursor={cursor}")) == {"/cursor"}
    assert pointers(eve.get(f"/scenarios?sort=name&cursor={cursor}")) == {"/cursor"}


@pytest.mark.parametrize(
    "spoil", [lambda c: c[:-1], lambda c: "A" + c, lambda c: c.swapcase(), lambda c: "x" * 5000]
)
def test_a_cursor_somebody_touched_is_refused(seven: Caller, spoil: Callable[[str], str]) -> None:
    cursor = seven.get("/scenarios?limit=3").get_json()["next_cursor"]
    response = seven.get(f"/scenarios?cursor={quote(spoil(cursor))}")
    assert pointers(response) == {"/cursor"} and "start again" in response.get_json()["detail"]
