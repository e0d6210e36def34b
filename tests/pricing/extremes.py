"""The largest and the smallest documents that are accepted."""

from collections.abc import Mapping

from tests.pricing.invoice_paper import bill, price_list
from webapp.pricing.declaration import MAX_USAGE, ServiceModel
from webapp.pricing.reading_prices import MAX_PRICE
from webapp.pricing.services import all_services

LEAST, MOST = "1e-100", str(MAX_USAGE)
DEAREST = str(MAX_PRICE)


def of_every_service(
    usage: object, price: str, traffic: Mapping[str, object], resources: int = 0
) -> dict[str, object]:
    """A document that uses `usage` of everything at `price` a unit; at least as many `resources`."""
    stated = [_used(service, usage) for service in all_services().values()]
    while len(stated) < resources:
        stated += stated[: resources - len(stated)]
    document: dict[str, object] = {"name": "Extreme", "region": "us-east-1", "traffic": traffic}
    document["resources"] = stated
    # Under no prices at all, what is unpriced is everything that is used.
    used = {item.key for item in bill(document, price_list()).unpriced if item.key}
    return document | {"prices": dict.fromkeys(sorted(used), price)}


def _used(service: ServiceModel, usage: object) -> dict[str, object]:
    numbers = (each for each in service.settings if each.kind in ("integer", "number"))
    return {
        "service": service.code,
        "settings": {each.name: str(each.maximum) for each in numbers if each.shown_when is None},
        "usage": {each.name: usage for each in service.usage if each.shown_when is None},
    }


_BUSY = {"volume": {"low": LEAST, "expected": MOST, "high": MOST}, "average_payload_bytes": 1024**3}
_QUIET = {"volume": {"low": LEAST, "expected": LEAST, "high": MOST}, "measures": {"events": LEAST}}
#: The sample holds next to nothing of the driver, so that all else in it is scaled up beyond measure.
_SCALED = {"unit": "orders", "volume": MOST, "measures": {"orders": LEAST, "events": MOST}}
_EACH_MOST, _EACH_LEAST = ({"per": "events", "factor": factor} for factor in (MOST, LEAST))

EXTREMES: Mapping[str, dict[str, object]] = {
    "all at most": of_every_service(_EACH_MOST, DEAREST, _BUSY),
    "scaled beyond measure": of_every_service(_EACH_MOST, DEAREST, _SCALED),
    "a thousand resources": of_every_service(MOST, "0.0001", _BUSY, resources=1_000),
    "as dear as is priced": of_every_service("1e8", DEAREST, {}),
    "all at least": of_every_service(_EACH_LEAST, LEAST, _QUIET),
    "much for next to nothing": of_every_service(MOST, LEAST, _BUSY),
    "next to nothing for much": of_every_service(LEAST, DEAREST, _QUIET),
}
