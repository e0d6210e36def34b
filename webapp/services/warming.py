"""What most people ask for first, put into the cache before they ask."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from webapp.domain.errors import Unavailable
from webapp.infra.cache_locks import alone, is_wished, wish
from webapp.infra.db import db, roll_back
from webapp.models.scenario import Scenario
from webapp.pricing.services import all_services
from webapp.services.account_metrics import account_metrics_of
from webapp.services.accounts import find_account
from webapp.services.demo import DEMO_EMAIL
from webapp.services.metrics import metrics_of
from webapp.services.price_search import PriceQuery, search_prices
from webapp.services.scenario_lists import ScenarioQuery, list_scenarios

F = TypeVar("F", bound=Callable[[UUID | None], object])

_WARMING = "warming"
#: A warmer that died lets the next one begin after this.
_AT_MOST_S = 120.0
#: Scenarios of the demo whose figures are made.
_MOST_SCENARIOS = 20


#: What keeps answers of a face ready to be sent; each is given the demo's account, None where there is none.
_answers: list[Callable[[UUID | None], object]] = []


def warms(keep: F) -> F:
    """Have `keep` called at every warming: only a face knows how its answers are written."""
    _answers.append(keep)
    return keep


def warm_cache() -> bool:
    """Load what is public, the first page of prices of every service, and the demo's lists and figures; what
    is kept is left as it is.

    When another process is at it, that one begins again once it is done: prices may have changed meanwhile.
    False in that case, when the cache is away, and when there are no prices yet.
    """
    wish(_WARMING)
    is_warm = False
    while is_wished(_WARMING):
        with alone(_WARMING, _AT_MOST_S) as is_mine:
            if not is_mine:
                break
            is_wished(_WARMING, take=True)
            is_warm = _warm()
    return is_warm


def _warm() -> bool:
    # Not in the view of a transaction that began before what was changed.
    roll_back()
    account = find_account(DEMO_EMAIL)
    demo_id = None if account is None else account.id
    try:
        for keep in _answers:
            keep(demo_id)
        _warm_prices()
        if demo_id is not None:
            _warm_demo(demo_id)
    except Unavailable:
        return False  # no catalog is loaded yet; loading one asks again
    return True


def _warm_prices() -> None:
    for service in ("", *all_services()):
        search_prices(PriceQuery(service=service))


def _warm_demo(demo_id: UUID) -> None:
    account_metrics_of(demo_id)
    list_scenarios(demo_id, ScenarioQuery())
    newest = select(Scenario.id).where(Scenario.owner_id == demo_id).order_by(Scenario.updated_at.desc())
    for scenario_id in db.session.scalars(newest.limit(_MOST_SCENARIOS)).all():
        metrics_of(demo_id, scenario_id)
