"""Scenarios: what their owner may do, and what nobody else may."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from tests.services.shop import make_shop
from webapp.domain.errors import Conflict, InvalidInput, NotFound
from webapp.infra.db import db, unit_of_work
from webapp.models.scenario import ScenarioResource, ScenarioTag
from webapp.pricing.commitments import Commitment
from webapp.pricing.document import PerMeasure, parse_document
from webapp.services import scenarios
from webapp.services.scenarios import ScenarioView, get_scenario, patch_scenario, set_status

pytestmark = pytest.mark.both_databases

ACTS: list[Callable[[UUID, UUID], object]] = [
    get_scenario,
    scenarios.duplicate_scenario,
    scenarios.delete_scenario,
    lambda owner, scenario: set_status(owner, scenario, "archived"),
    lambda owner, scenario: patch_scenario(owner, scenario, {"name": "Mine"}),
    lambda owner, scenario: scenarios.update_scenario(
        owner, scenario, parse_document({"region": "us-east-1"})
    ),
]


def changed(owner: UUID, shop: ScenarioView, **changes: object) -> ScenarioView:
    with unit_of_work():
        return patch_scenario(owner, shop.id, changes)


def test_a_scenario_comes_back_as_it_was_created(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner, tags=["Web", "shop", "web"])
    read = get_scenario(owner, shop.id)
    assert read.document == shop.document
    assert read.document.tags == ("web", "shop")
    assert read.document.resources[0].usage == {"requests": PerMeasure("chunks_64kb", Decimal(3))}
    assert (read.status, read.version, len(read.resource_ids)) == ("draft", 1, 1)


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_finds_nothing(
    database_url: str, owner: UUID, stranger: UUID, act: Callable[[UUID, UUID], object]
) -> None:
    shop = make_shop(owner)
    with pytest.raises(NotFound), unit_of_work():
        act(stranger, shop.id)
    with pytest.raises(NotFound), unit_of_work():
        act(owner, uuid4())
    assert get_scenario(owner, shop.id).version == 1


def test_a_scenario_needs_a_name(database_url: str, owner: UUID) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_shop(owner, name="  ")
    assert refused.value.problems[0].pointer == "/name"


def test_a_patch_changes_only_what_it_names(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    after = changed(owner, shop, region="eu-west-1", tags=["b", "web"])
    assert (after.document.region, after.document.tags) == ("eu-west-1", ("b", "web"))
    assert after.document.resources == shop.document.resources
    assert after.version == 2
    assert get_scenario(owner, shop.id).document == after.document


def test_a_commitment_is_kept_changed_and_copied(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner, commitment={"term": "1-year", "payment": "all-upfront"})
    assert get_scenario(owner, shop.id).document.commitment == Commitment("1-year", "all-upfront")
    after = changed(owner, shop, commitment={"term": "3-years"})
    assert after.document.commitment == Commitment("3-years", "no-upfront")
    assert changed(owner, shop, name="Renamed").document.commitment == after.document.commitment
    with unit_of_work():
        copy = scenarios.duplicate_scenario(owner, shop.id)
    assert copy.document.commitment == after.document.commitment
    assert changed(owner, shop, commitment=None).document.commitment == Commitment()


def test_a_scenario_from_before_commitments_has_none(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    with unit_of_work():
        db.session.execute(text("UPDATE scenarios SET commitment = '{}'"))
    db.session.expire_all()
    assert get_scenario(owner, shop.id).document.commitment == Commitment()


def test_a_wrong_patch_changes_nothing(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    for wrong in (
        {"name": "New", "region": "moon-1"},
        {"status": "asleep"},
        {"resources": [{"service": "x"}]},
    ):
        with pytest.raises(InvalidInput):
            changed(owner, shop, **wrong)
    db.session.expire_all()
    assert get_scenario(owner, shop.id).document == shop.document


def test_states_follow_their_rules(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    for status in ("running", "completed", "draft", "archived"):
        assert changed(owner, shop, status=status).status == status
    for status in ("running", "completed"):
        with pytest.raises(Conflict):
            changed(owner, shop, status=status)
    assert changed(owner, shop, status="draft").status == "draft"


def test_an_archived_scenario_is_read_only_until_restored(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    changed(owner, shop, status="archived")
    with pytest.raises(Conflict):
        changed(owner, shop, name="New")
    assert changed(owner, shop, status="draft", name="New").document.name == "New"


def test_a_copy_is_a_draft_of_its_own(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    with unit_of_work():
        copy = scenarios.duplicate_scenario(owner, shop.id)
    assert copy.id != shop.id
    assert (copy.document.name, copy.status) == ("Shop (copy)", "draft")
    assert copy.document.resources == shop.document.resources


def test_deleting_leaves_nothing_behind(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    with unit_of_work():
        scenarios.delete_scenario(owner, shop.id)
    for table in (ScenarioResource, ScenarioTag):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
    with pytest.raises(NotFound):
        get_scenario(owner, shop.id)
