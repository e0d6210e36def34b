"""What probes answer."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from webapp.services.health import NEEDED, Part
from webapp.services.operations import Build

State = Literal["ok", "unavailable"]


class AliveJson(TypedDict):
    """The process answers."""

    status: Literal["ok"]


class ReadyJson(TypedDict):
    """Whether the work can be done, and which part is away."""

    status: Annotated[
        Literal["ok", "degraded", "unavailable"],
        Field(description="`degraded`: a part is away that the product can do without for a while."),
    ]
    parts: Annotated[
        dict[str, State],
        Field(description="State by part.", examples=[{"database": "ok", "broker": "ok"}]),
    ]


class InfoJson(TypedDict):
    """Which program this is, and how old its prices are."""

    version: Annotated[str, Field(examples=["0.1.0"])]
    commit: Annotated[str, Field(description="Git commit; empty where it is not known.")]
    catalog: Annotated[str, Field(description="Name of the price catalog in use; empty without one.")]
    price_date: date | None
    price_age_days: int | None


def alive_to_json() -> AliveJson:
    return {"status": "ok"}


def ready_to_json(parts: Mapping[Part, bool]) -> ReadyJson:
    """`parts`: whether each part is there, by name. One that is needed and away makes it unavailable."""
    away = [name for name, there in parts.items() if not there]
    status: Literal["ok", "degraded", "unavailable"] = "degraded" if away else "ok"
    if any(name in NEEDED or name == "prices" for name in away):
        status = "unavailable"
    return {
        "status": status,
        "parts": {name: "ok" if there else "unavailable" for name, there in parts.items()},
    }


def info_to_json(build: Build) -> InfoJson:
    return {
        "version": build.version,
        "commit": build.commit,
        "catalog": build.catalog,
        "price_date": build.price_date,
        "price_age_days": build.price_age_days,
    }
