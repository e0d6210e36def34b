"""Resources of a scenario: added, changed, copied, removed, each re-pricing the bill."""

from uuid import UUID, uuid4

import pytest

from tests.services.shop import make_shop
from webapp.domain.errors import Conflict, NotFound
from webapp.infra.db import unit_of_work
from webapp.pricing.document import parse_resource
from webapp.services.estimates import estimate_scenario
from webapp.services.resources import (
    add_resource,
    duplicate_resource,
    get_resource,
    remove_resource,
    update_resource,
)
from webapp.services.scenarios import get_scenario, set_status

BUCKET = parse_resource({"service": "s3", "name": "Files", "usage": {"storage_gb": 100}})


def test_adding_a_resource_raises_the_bill(owner: UUID) -> None:
    shop = make_shop(owner)
    before = estimate_scenario(owner, shop.id).total
    with unit_of_work():
        added = add_resource(owner, shop.id, BUCKET)
    after = estimate_scenario(owner, shop.id)
    assert after.total > before
    assert get_scenario(owner, shop.id).resource_ids[1] == added
    assert get_resource(owner, shop.id, added) == BUCKET


def test_changing_and_removing_a_resource(owner: UUID) -> None:
    shop = make_shop(owner)
    with unit_of_work():
        update_resource(owner, shop.id, shop.resource_ids[0], BUCKET)
    assert get_scenario(owner, shop.id).document.resources == (BUCKET,)
    with unit_of_work():
        remove_resource(owner, shop.id, shop.resource_ids[0])
    assert get_scenario(owner, shop.id).document.resources == ()
    assert estimate_scenario(owner, shop.id).total == 0


def test_a_copy_stands_at_the_end_under_a_new_name(owner: UUID) -> None:
    shop = make_shop(owner)
    with unit_of_work():
        add_resource(owner, shop.id, BUCKET)
        duplicate_resource(owner, shop.id, shop.resource_ids[0])
    names = [resource.name for resource in get_scenario(owner, shop.id).document.resources]
    assert names == ["Queue", "Files", "Queue (copy)"]


def test_a_stranger_reaches_no_resource(owner: UUID, stranger: UUID) -> None:
    shop = make_shop(owner)
    with pytest.raises(NotFound):
        get_resource(stranger, shop.id, shop.resource_ids[0])
    with pytest.raises(NotFound), unit_of_work():
        remove_resource(stranger, shop.id, shop.resource_ids[0])
    with pytest.raises(NotFound), unit_of_work():
        remove_resource(owner, shop.id, uuid4())
    assert len(get_scenario(owner, shop.id).resource_ids) == 1


def test_an_archived_scenario_takes_no_resource(owner: UUID) -> None:
    shop = make_shop(owner)
    with unit_of_work():
        set_status(owner, shop.id, "archived")
    with pytest.raises(Conflict), unit_of_work():
        add_resource(owner, shop.id, BUCKET)
