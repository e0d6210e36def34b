"""The same form open twice: the second to save is told, keeps what was typed, and decides."""

import re

import pytest

from tests.web.conftest import Person, Workshop

_SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')
DETAILS: dict[str, object] = {"name": "Hers", "region": "us-east-1", "tags": "", "description": ""}
TRAFFIC: dict[str, object] = {
    "traffic.unit": "events",
    "traffic.volume.expected": "77",
    "traffic_source": "declared",
    "region": "us-east-1",
    "free_tier": "none",
}
QUEUE: dict[str, object] = {"service": "sqs", "name": "Hers", "usage.requests": "77"}


def seen_on(text: str) -> str:
    found = _SEEN.search(text)
    assert found is not None
    return found[1]


@pytest.fixture
def forms(workshop: Workshop) -> dict[str, tuple[str, str, dict[str, object]]]:
    """By name: where a form is read, where it is posted, and what she types."""
    scenario = workshop.scenario()
    base = f"/scenarios/{scenario.id}"
    resource = f"{base}/resources/{scenario.resource_ids[0]}"
    return {
        "details": (f"{base}/edit", base, DETAILS),
        "traffic": (f"{base}/traffic", f"{base}/traffic", TRAFFIC),
        "resource": (f"{resource}/edit", resource, QUEUE),
    }


Forms = dict[str, tuple[str, str, dict[str, object]]]


@pytest.mark.both_databases
@pytest.mark.parametrize("form", ["details", "traffic", "resource"])
@pytest.mark.parametrize("htmx", [False, True])
def test_whoever_saves_second_is_told_and_may_go_on(ada: Person, forms: Forms, form: str, htmx: bool) -> None:
    where, address, hers = forms[form]
    seen = seen_on(ada.text(where))
    theirs = hers | ({"traffic.volume.expected": "55"} if form == "traffic" else {"name": "Theirs"})
    assert ada.post(address, theirs | {"seen": seen}).status_code == 303
    told = ada.post(address, hers | {"seen": seen}, htmx=htmx)
    text = told.get_data(as_text=True)
    assert told.status_code == 422 and "Somebody changed this while you had it open" in text
    assert f'value="{"77" if form == "traffic" else "Hers"}"' in text
    assert "55" in ada.text(where) if form == "traffic" else "Theirs" in ada.text(where)
    assert ada.post(address, hers | {"seen": seen_on(text)}).status_code == 303
    assert f'value="{"77" if form == "traffic" else "Hers"}"' in ada.text(where)


@pytest.mark.parametrize("form", ["details", "traffic", "resource"])
def test_a_refused_form_still_knows_what_it_was_filled_from(ada: Person, forms: Forms, form: str) -> None:
    where, address, hers = forms[form]
    seen = seen_on(ada.text(where))
    wrong = {"details": {"name": ""}, "traffic": {"region": "moon-1"}, "resource": {"usage.requests": "-1"}}
    refused = ada.post(address, hers | wrong[form] | {"seen": seen})
    assert refused.status_code == 422 and seen_on(refused.get_data(as_text=True)) == seen


def test_a_change_elsewhere_in_the_scenario_stops_nobody(ada: Person, forms: Forms) -> None:
    seen = {name: seen_on(ada.text(where)) for name, (where, _, _) in forms.items()}
    for name, (_, address, hers) in forms.items():
        assert ada.post(address, hers | {"seen": seen[name]}).status_code == 303


def test_a_new_resource_stops_nobody(ada: Person, forms: Forms, workshop: Workshop) -> None:
    _, address, hers = forms["resource"]
    text = ada.text(f"{address.rpartition('/')[0]}/new?service=sqs")
    assert _SEEN.search(text) is None
    assert ada.post(address.rpartition("/")[0], hers).status_code == 303
