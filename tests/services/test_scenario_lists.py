"""The list: search, filters, sort and pages."""

from uuid import UUID

import pytest

from tests.services.shop import make_shop
from tests.stack.application import Clock
from webapp.infra.db import unit_of_work
from webapp.services.scenario_lists import ScenarioQuery, Sort, list_scenarios
from webapp.services.scenarios import set_status

pytestmark = pytest.mark.both_databases


@pytest.fixture
def shops(database_url: str, owner: UUID, stranger: UUID, clock: Clock) -> UUID:
    """Three of the owner's, oldest first, and a stranger's."""
    for name, region, tag in (
        ("Zebra", "us-east-1", "web"),
        ("apple 100%", "eu-west-1", "api"),
        ("Mango", "us-east-1", "web"),
    ):
        clock.advance(seconds=60)
        make_shop(owner, name=name, region=region, tags=[tag])
    make_shop(stranger, name="Strange", tags=["secret"])
    return owner


def names(owner: UUID, **query: object) -> list[str]:
    return [card.name for card in list_scenarios(owner, ScenarioQuery(**query)).items]  # type: ignore[arg-type]


def test_the_newest_stands_first_and_a_strangers_nowhere(shops: UUID) -> None:
    page = list_scenarios(shops, ScenarioQuery())
    assert [card.name for card in page.items] == ["Mango", "apple 100%", "Zebra"]
    assert (page.total, page.tags, page.regions) == (3, ("api", "web"), ("eu-west-1", "us-east-1"))
    assert page.items[0].total > 0


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["apple 100%", "Mango", "Zebra"]),
        ("-name", ["Zebra", "Mango", "apple 100%"]),
        ("updated", ["Zebra", "apple 100%", "Mango"]),
    ],
)
def test_sorting(shops: UUID, sort: Sort, expected: list[str]) -> None:
    assert names(shops, sort=sort) == expected


def test_search_reads_names_tags_and_descriptions_literally(shops: UUID) -> None:
    assert names(shops, search="MANGO") == ["Mango"]
    assert names(shops, search="api") == ["apple 100%"]
    assert names(shops, search="100%") == ["apple 100%"]
    assert names(shops, search="%") == ["apple 100%"]
    assert names(shops, search="secret") == []


def test_filters(shops: UUID) -> None:
    assert names(shops, region="us-east-1", tag="web", sort="name") == ["Mango", "Zebra"]
    assert names(shops, region="sa-east-1") == []


def test_archived_scenarios_show_only_when_asked_for(shops: UUID) -> None:
    mango = list_scenarios(shops, ScenarioQuery(search="Mango")).items[0]
    with unit_of_work():
        set_status(shops, mango.id, "archived")
    assert "Mango" not in names(shops)
    assert names(shops, status="archived") == ["Mango"]


def test_pages_hold_every_scenario_once(shops: UUID) -> None:
    seen = [name for page in (1, 2) for name in names(shops, page=page, page_size=2)]
    assert sorted(seen) == ["Mango", "Zebra", "apple 100%"]
    assert list_scenarios(shops, ScenarioQuery(page=99, page_size=2)).page == 2
