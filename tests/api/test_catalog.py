"""What can be priced: public, and enough to fill in a resource."""

from flask.testing import FlaskClient

from tests.api.callers import DOCUMENT, problem
from webapp.pricing.services import all_services


def test_every_service_is_listed_with_its_fields(client: FlaskClient) -> None:
    items = client.get("/api/v2/services").get_json()["items"]
    assert {item["service"] for item in items} == set(all_services())
    for item in items:
        assert item["usage"] or item["settings"]
        for field in (*item["settings"], *item["usage"]):
            assert field["type"] in ("integer", "number", "choice", "flag", "text")
            assert field["label"] and "unit" in field and "help" in field


def test_one_service_says_units_bounds_and_choices(client: FlaskClient) -> None:
    service = client.get("/api/v2/services/lambda").get_json()
    memory = next(setting for setting in service["settings"] if setting["name"] == "memory_mb")
    assert (memory["minimum"], memory["maximum"], memory["unit"]) == (128, 10240, "MB")


def test_what_is_listed_prices_as_listed(client: FlaskClient) -> None:
    """A client that fills in nothing but the defaults it was told gets an estimate of every service."""
    resources = [
        {
            "service": item["service"],
            "settings": {setting["name"]: setting["default"] for setting in item["settings"]},
            "usage": {usage["name"]: usage["default"] for usage in item["usage"]},
        }
        for item in client.get("/api/v2/services").get_json()["items"]
    ]
    response = client.post("/api/v2/estimates", json=DOCUMENT | {"resources": resources})
    assert response.status_code == 200


def test_an_unknown_service_is_not_found(client: FlaskClient) -> None:
    assert problem(client.get("/api/v2/services/teleport"))[0] == 404


def test_regions_have_the_names_aws_prints(client: FlaskClient) -> None:
    items = client.get("/api/v2/regions").get_json()["items"]
    assert {"code": "eu-south-1", "name": "Europe (Milan)"} in items
