"""The reference of services, made from the declarations and open to everyone."""

import pytest

from tests.web.conftest import Person
from webapp.pricing.services import all_services


@pytest.mark.parametrize("code", list(all_services()))
def test_a_service_page_names_every_field_price_and_allowance(visitor: Person, code: str) -> None:
    text = visitor.text(f"/services/{code}?region=eu-west-1")
    service = all_services()[code]
    for name in (*(each.name for each in service.settings), *(each.name for each in service.usage)):
        assert f"<code>{name}</code>" in text
    for price in service.prices:
        assert f"<code>{price.key}</code>" in text


def test_every_service_is_listed(visitor: Person) -> None:
    text = visitor.text("/services")
    assert all(f'href="/services/{code}"' in text for code in all_services())


def test_an_unknown_service_or_region(visitor: Person) -> None:
    assert visitor.get("/services/mainframe").status_code == 404
    assert visitor.get("/services/sqs?region=mars").status_code == 200


def test_a_service_is_found_by_what_people_call_it(visitor: Person) -> None:
    text = visitor.text("/services?find=queue")
    assert 'href="/services/sqs"' in text
    assert 'href="/services/lambda"' not in text
    assert "No such service here" in visitor.text("/services?find=mainframe")
    part = visitor.get("/services?find=queue", htmx=True).get_data(as_text=True)
    assert part.lstrip().startswith('<div id="found-services">')
