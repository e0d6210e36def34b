"""Pages of scenarios whose numbers stand at the ends of what is accepted."""

import pytest

from tests.pricing.extremes import EXTREMES
from tests.web.conftest import Person, Workshop


def _unnamed(document: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in document.items() if name != "name"}


@pytest.mark.parametrize("name", ["all at most", "as dear as is priced", "all at least"])
def test_extreme_numbers_have_a_page(ada: Person, workshop: Workshop, name: str) -> None:
    scenario = workshop.scenario("Extreme", **_unnamed(EXTREMES[name]))
    assert "Extreme" in ada.text("/scenarios")
    for page in ("", "/bill", "/regions", "/traffic"):
        ada.text(f"/scenarios/{scenario.id}{page}")


@pytest.mark.parametrize("typed", ["1e-300000000", "1e-999999999999999999", "1e99999999999999999999"])
def test_a_form_takes_no_endless_number(ada: Person, workshop: Workshop, typed: str) -> None:
    scenario = workshop.scenario()
    answer = ada.post(f"/scenarios/{scenario.id}/traffic", {"traffic.volume.expected": typed})
    assert answer.status_code == 422
    assert "at most 100 digits" in answer.get_data(as_text=True)


def test_a_field_shows_every_digit_it_saves(ada: Person, workshop: Workshop) -> None:
    volume = "1234.0000000000000000000000000001"
    scenario = workshop.scenario(traffic={"volume": volume})
    assert 'value="1,234.0000000000000000000000000001"' in ada.text(f"/scenarios/{scenario.id}/traffic")
