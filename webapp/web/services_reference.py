"""The reference of every service we price, made from the declarations: open to everyone."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import NotFound
from webapp.domain.regions import REGIONS
from webapp.domain.words import N_, figure, phrase
from webapp.edge import htmx
from webapp.pricing.declaration import PriceKey
from webapp.pricing.prices import Price, PriceList
from webapp.pricing.services import all_services
from webapp.services.prices import price_list
from webapp.web.service_search import services_by_category

bp = Blueprint("services", __name__, url_prefix="/services")
DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A declared price here: its tiers, or for a price per instance type the span of the types' prices."""

    declared: PriceKey
    price: Price | None
    span: str = ""


@bp.get("")
def index() -> ResponseReturnValue:
    find = request.args.get("find", "").strip()[:80]
    return htmx.show(
        "services/index.html", "services/_found.html", services=services_by_category(find), find=find
    )


@bp.get("/<code>")
def show(code: str) -> ResponseReturnValue:
    service = all_services().get(code)
    if service is None:
        raise NotFound(phrase(N_("There is no such service.")))
    region = request.args.get("region", "")
    region = region if region in REGIONS else DEFAULT_REGION
    prices = price_list(region)
    return render_template(
        "services/show.html",
        service=service,
        prices=[_row(declared, prices, region) for declared in service.prices],
        catalog=prices.catalog,
        region=region,
        regions=REGIONS,
    )


def _row(declared: PriceKey, prices: PriceList, region: str) -> PriceRow:
    if not declared.each:
        return PriceRow(declared, prices.find(region, declared.key))
    found = [price for key in declared.concrete() if (price := prices.find(region, key.key))]
    if not found:
        return PriceRow(declared, None)
    usd = [price.tiers[0].usd for price in found]
    span = _(
        "%(low)s – %(high)s, %(known)s of %(all)s types",
        low=figure(min(usd)),
        high=figure(max(usd)),
        known=figure(Decimal(len(found))),
        all=figure(Decimal(len(declared.each))),
    )
    return PriceRow(declared, found[0], span)
