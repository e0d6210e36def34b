"""The prices in use: found, followed through the catalogs, and what their last change moved. Open to all."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.regions import REGIONS
from webapp.edge import htmx
from webapp.edge.identity import current_account
from webapp.infra.clock import now
from webapp.pricing.freshness import STALE_DAYS
from webapp.pricing.services import all_services
from webapp.services.moved_scenarios import (
    MOST_SCENARIOS,
    CatalogStep,
    MovedScenarios,
    last_step,
    moved_scenarios,
)
from webapp.services.price_search import CatalogChoice, PriceQuery, get_story, list_choices, search_prices
from webapp.services.refresh_runs import list_refreshes

bp = Blueprint("prices", __name__, url_prefix="/prices")
_QUERY_NAMES = ("q", "service", "region", "catalog", "page")


@bp.get("")
def index() -> ResponseReturnValue:
    query = _query()
    found = search_prices(query)
    stated: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name in _QUERY_NAMES
    }
    return htmx.show(
        "prices/index.html",
        "prices/_found.html",
        push=url_for(".index", **stated),
        query=query,
        found=found,
        choices=list_choices(),
        services=all_services().values(),
        regions=REGIONS,
        **_age(list_choices()[0]),
    )


def _query() -> PriceQuery:
    service, region = request.args.get("service", ""), request.args.get("region", "")
    return PriceQuery(
        search=request.args.get("q", "").replace("\x00", "").strip()[:200],
        service=service if service in all_services() else "",
        region=region if region in REGIONS else "",
        catalog=request.args.get("catalog", ""),
        page=request.args.get("page", 1, type=int),
    )


@bp.get("/changes")
def changes() -> ResponseReturnValue:
    step = last_step()
    return render_template(
        "prices/changes.html",
        step=step,
        held=[choice for choice in list_choices() if choice.status == "held"],
        moves=_moves(step),
        most_scenarios=MOST_SCENARIOS,
        refresh=next(iter(list_refreshes(1)), None),
        **_age(step.after),
    )


def _moves(step: CatalogStep) -> MovedScenarios | None:
    """What the step did to the scenarios of whoever is signed in."""
    account = current_account()
    if account is None or step.before is None:
        return None
    return moved_scenarios(account.id, step.before.name, step.after.name)


@bp.get("/<region>/<key>")
def show(region: str, key: str) -> ResponseReturnValue:
    return render_template("prices/show.html", story=get_story(region, key))


def _age(used: CatalogChoice) -> dict[str, Any]:
    """What the head of both pages says of the catalog in use."""
    days = (now().date() - used.published_on).days
    return {"used": used, "age_days": days, "is_stale": days > STALE_DAYS}
