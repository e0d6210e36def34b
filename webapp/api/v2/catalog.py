"""What can be priced: AWS services and regions. Public, like the documentation they are."""

from flask import Response

from webapp.api.answers import answer
from webapp.api.v2.blueprint import api
from webapp.domain.errors import NotFound
from webapp.domain.regions import REGIONS
from webapp.domain.words import N_, phrase
from webapp.pricing.service_docs import service_to_json
from webapp.pricing.services import all_services


@api.get("/services")
def list_services() -> Response:
    return answer({"items": [service_to_json(service) for service in all_services().values()]})


@api.get("/services/<code>")
def show_service(code: str) -> Response:
    service = all_services().get(code)
    if service is None:
        raise NotFound(
            phrase(N_("There is no service “%(code)s”. GET /api/v2/services lists all."), code=code)
        )
    return answer(service_to_json(service))


@api.get("/regions")
def list_regions() -> Response:
    return answer({"items": [{"code": code, "name": name} for code, name in REGIONS.items()]})
