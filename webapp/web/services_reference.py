"""The reference of every service we price, made from the declarations: open to everyone."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from webapp.domain.errors import NotFound
from webapp.domain.regions import REGIONS
from webapp.domain.words import N_, phrase
from webapp.pricing.services import all_services
from webapp.services.prices import price_list

bp = Blueprint("services", __name__, url_prefix="/services")
DEFAULT_REGION = "us-east-1"


@bp.get("")
def index() -> ResponseReturnValue:
    return render_template("services/index.html", services=all_services().values())


@bp.get("/<code>")
def show(code: str) -> ResponseReturnValue:
    service = all_services().get(code)
    if service is None:
        raise NotFound(phrase(N_("There is no such service.")))
    region = request.args.get("region", "")
    region = region if region in REGIONS else DEFAULT_REGION
    prices = price_list(region)
    found = [(declared, prices.find(region, declared.key)) for declared in service.prices]
    return render_template(
        "services/show.html",
        service=service,
        prices=found,
        catalog=prices.catalog,
        region=region,
        regions=REGIONS,
    )
