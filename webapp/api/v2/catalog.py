"""What can be priced: AWS services and regions. Public, like the documentation they are."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from uuid import UUID

from flask import Response

from webapp.api.answers import answer
from webapp.api.contract import Answer, operation
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.services import RegionListJson, ServicesJson, regions_to_json, services_to_json
from webapp.domain.errors import NotFound
from webapp.domain.words import N_, phrase
from webapp.pricing.service_docs import ServiceJson, service_to_json
from webapp.pricing.services import all_services
from webapp.services.caching import PRICES, remember
from webapp.services.warming import warms


def _one_service() -> ServiceJson:
    """The example of the documents: a small one."""
    return service_to_json(all_services()["sqs"])


@api.get("/services")
@operation(
    "What can be priced",
    tag="Services",
    answers={200: Answer(ServicesJson, "Every service, in alphabetical order.")},
)
def list_services() -> Response:
    """Each service with its settings and usage: name, unit, type, bounds, default and what it means.

    This is enough to fill in a resource of an estimate document.
    """
    return _kept_services()


@warms
def _kept_services(demo_id: UUID | None = None) -> Response:
    return _kept("", lambda: answer(services_to_json()))


@api.get("/services/<code>")
@operation(
    "One service", tag="Services", answers={200: Answer(ServiceJson, "The service.", example=_one_service)}
)
def show_service(code: str) -> Response:
    """`code` is what a resource calls `service`, like `lambda`."""
    service = all_services().get(code)
    if service is None:
        raise NotFound(
            phrase(N_("There is no service “%(code)s”. GET /api/v2/services lists all."), code=code)
        )
    return _kept(code, lambda: answer(service_to_json(service)))


def _kept(code: str, make: Callable[[], Response]) -> Response:
    """The answer as text, kept until the program declares something else."""
    key = ["services", _declared(), code]
    body = remember("L3", (PRICES,), key, lambda: make().get_data(as_text=True), str)
    return Response(body, content_type="application/json")


@cache
def _declared() -> str:
    """Tells this program's services from those of another version that shares the cache."""
    return sha256(answer(services_to_json()).get_data()).hexdigest()


@api.get("/regions")
@operation(
    "Regions", tag="Services", answers={200: Answer(RegionListJson, "Codes and the names AWS prints.")}
)
def list_regions() -> Response:
    """The AWS regions a document may name."""
    return answer(regions_to_json())
