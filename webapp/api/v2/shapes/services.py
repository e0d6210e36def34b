"""What can be priced, as lists."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from webapp.domain.regions import REGIONS
from webapp.pricing.service_docs import ServiceJson, service_to_json
from webapp.pricing.services import all_services


class ServicesJson(TypedDict):
    """Every service, by name."""

    items: list[ServiceJson]


class RegionJson(TypedDict):
    """An AWS region."""

    code: Annotated[str, Field(examples=["eu-south-1"])]
    name: Annotated[str, Field(examples=["Europe (Milan)"])]


class RegionListJson(TypedDict):
    """Every region whose prices are known."""

    items: list[RegionJson]


def services_to_json() -> ServicesJson:
    return {"items": [service_to_json(service) for service in all_services().values()]}


def regions_to_json() -> RegionListJson:
    return {"items": [{"code": code, "name": name} for code, name in REGIONS.items()]}
