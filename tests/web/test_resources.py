"""Resources: forms made from the declarations, the bill beside them, what is refused and why."""

from decimal import Decimal

import pytest

from tests.web.conftest import Person, Workshop
from webapp.pricing.document import PerMeasure
from webapp.pricing.services import all_services


@pytest.mark.parametrize("code", list(all_services()))
def test_every_declared_field_of_every_service_has_its_control(
    ada: Person, workshop: Workshop, code: str
) -> None:
    text = ada.text(f"/scenarios/{workshop.scenario().id}/resources/new?service={code}")
    service = all_services()[code]
    for name in (
        *(f"settings.{each.name}" for each in service.settings),
        *(f"usage.{each.name}" for each in service.usage),
    ):
        assert f'name="{name}"' in text


@pytest.mark.parametrize("code", list(all_services()))
def test_an_untouched_form_states_nothing_but_the_service(ada: Person, workshop: Workshop, code: str) -> None:
    scenario = workshop.scenario(resources=[])
    service = all_services()[code]
    shown: dict[str, object] = {"service": code, "name": ""}
    for setting in service.settings:
        if setting.kind != "flag":
            shown[f"settings.{setting.name}"] = str(setting.default)
        elif setting.default:
            shown[f"settings.{setting.name}"] = "true"
    for usage in service.usage:
        shown |= {f"usage.{usage.name}": "", f"usage.{usage.name}.per": usage.suggested_per}
    assert ada.post(f"/scenarios/{scenario.id}/resources", shown).status_code == 303
    (resource,) = workshop.look(scenario).document.resources
    assert (resource.service, resource.name) == (code, service.name)
    assert (resource.settings, resource.usage) == ({}, {})


def test_a_resource_is_added_with_fixed_and_scaling_usage(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario(resources=[])
    form: dict[str, object] = {
        "service": "lambda",
        "name": "Handler",
        "settings.architecture": "arm64",
        "settings.memory_mb": "1,024",
        "usage.requests": "3",
        "usage.requests.per": "events",
        "usage.snapstart_restores": "12,500.5",
        "usage.snapstart_restores.per": "",
    }
    answer = ada.post(f"/scenarios/{scenario.id}/resources", form)
    (resource,) = workshop.look(scenario).document.resources
    assert answer.location.startswith(f"/scenarios/{scenario.id}#resource-")
    assert resource.settings == {"architecture": "arm64", "memory_mb": Decimal(1024)}
    assert resource.usage == {
        "requests": PerMeasure("events", Decimal(3)),
        "snapstart_restores": Decimal("12500.5"),
    }


def test_a_refused_form_names_each_field_and_keeps_what_was_typed(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    form: dict[str, object] = {
        "service": "lambda",
        "settings.memory_mb": "64",
        "usage.requests": "lots",
        "usage.requests.per": "events",
        "usage.streamed_gb": "1e30",
    }
    for htmx in (False, True):
        answer = ada.post(f"/scenarios/{scenario.id}/resources", form, htmx=htmx)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert 'value="64"' in text
        assert 'value="lots"' in text
        assert 'href="#field-settings-memory-mb"' in text
        assert 'id="field-usage-streamed-gb-error"' in text
    assert workshop.look(scenario) == scenario


@pytest.mark.parametrize("typed", ["-1", "NaN", "Infinity", "1e30", "1,00", "１０ thousand", "<b>"])
def test_no_nonsense_number_is_taken(ada: Person, workshop: Workshop, typed: str) -> None:
    scenario = workshop.scenario()
    form: dict[str, object] = {"service": "sqs", "usage.requests": typed}
    assert ada.post(f"/scenarios/{scenario.id}/resources", form).status_code == 422
    assert workshop.look(scenario) == scenario


def test_a_preview_prices_what_is_typed_and_saves_nothing(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    form: dict[str, object] = {
        "service": "sqs",
        "resource": str(scenario.resource_ids[0]),
        "usage.requests": "10,000,000",
        "usage.requests.per": "",
    }
    part = ada.post(f"/scenarios/{scenario.id}/resources/preview", form, htmx=True)
    page = ada.post(f"/scenarios/{scenario.id}/resources/preview", form)
    for answer in (part, page):
        assert answer.status_code == 200
        assert "$4.00" in answer.get_data(as_text=True)
    assert part.get_data(as_text=True).count("<form") == 0
    assert 'value="10,000,000"' in page.get_data(as_text=True)
    assert workshop.look(scenario) == scenario


def test_a_preview_of_nonsense_shows_the_saved_bill_and_why(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    form: dict[str, object] = {"service": "sqs", "usage.requests": "much"}
    answer = ada.post(f"/scenarios/{scenario.id}/resources/preview", form, htmx=True)
    assert answer.status_code == 422
    assert "$1.20" in answer.get_data(as_text=True)
    assert "“much” is not a number" in answer.get_data(as_text=True)


def test_saving_by_htmx_answers_the_list_and_tells_the_bill(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    path = f"/scenarios/{scenario.id}/resources/{scenario.resource_ids[0]}"
    answer = ada.post(
        path, {"name": "Renamed", "usage.requests": "5", "usage.requests.per": "events"}, htmx=True
    )
    assert answer.get_data(as_text=True).lstrip().startswith('<section class="panel" id="resources"')
    assert "bill-changed" in answer.headers["HX-Trigger"]
    assert answer.headers["HX-Push-Url"] == f"/scenarios/{scenario.id}"
    assert "$2.00" in ada.get(f"/scenarios/{scenario.id}/bill", htmx=True).get_data(as_text=True)


def test_a_resource_is_duplicated_and_removed(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    path = f"/scenarios/{scenario.id}/resources/{scenario.resource_ids[0]}"
    ada.post(f"{path}/duplicate")
    assert [each.name for each in workshop.look(scenario).document.resources] == ["Queue", "Queue (copy)"]
    assert "Remove “Queue”?" in ada.text(f"{path}/remove")
    ada.post(f"{path}/remove")
    assert [each.name for each in workshop.look(scenario).document.resources] == ["Queue (copy)"]


def test_a_resource_that_is_gone_is_not_found(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    assert ada.get(f"/scenarios/{scenario.id}/resources/{scenario.id}/edit").status_code == 404
    assert ada.get(f"/scenarios/{scenario.id}/resources/new?service=mainframe").status_code == 404


def test_each_line_opens_its_formula(ada: Person, workshop: Workshop) -> None:
    text = ada.text(f"/scenarios/{workshop.scenario().id}")
    assert "3,000,000 × $0.0000004" in text
    assert "Price:" in text
    assert "catalog" in text


def test_what_has_no_price_is_named_and_counted(ada: Person, workshop: Workshop) -> None:
    usage = {"requests": {"per": "orders", "factor": 1}}
    scenario = workshop.scenario(resources=[{"service": "sqs", "name": "Queue", "usage": usage}])
    text = ada.text(f"/scenarios/{scenario.id}")
    assert "1 use is unpriced" in text
    assert "how many orders a month brings" in text
    assert ">unpriced</span>" in ada.text("/scenarios")


def test_a_resource_nobody_uses_yet_says_so_instead_of_costing_nothing(
    ada: Person, workshop: Workshop
) -> None:
    scenario = workshop.scenario(resources=[{"service": "sqs", "name": "Queue"}])
    assert "no usage stated" in ada.text(f"/scenarios/{scenario.id}")
