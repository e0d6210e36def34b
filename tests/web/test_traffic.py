"""Traffic, region and free tier of a scenario."""

from decimal import Decimal

from tests.web.conftest import Person, Workshop

FORM: dict[str, object] = {
    "traffic.unit": "orders",
    "traffic.volume.low": "1,000,000",
    "traffic.volume.expected": "2,000,000",
    "traffic.volume.high": "9,000,000",
    "traffic.average_payload_bytes": "2,048",
    "traffic_source": "declared",
    "region": "eu-west-1",
    "free_tier": "always",
}


def test_traffic_is_saved_and_shown_again(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario(traffic={"volume": 5, "measures": {"refunds": 7}})
    path = f"/scenarios/{scenario.id}/traffic"
    assert ada.post(path, FORM).location == path
    document = workshop.look(scenario).document
    volume = document.traffic.volume
    assert volume is not None
    assert (volume.low, volume.expected, volume.high) == (
        Decimal(10**6),
        Decimal(2 * 10**6),
        Decimal(9 * 10**6),
    )
    assert (document.region, document.free_tier, document.traffic.unit) == ("eu-west-1", "always", "orders")
    assert document.traffic.measures == {"refunds": Decimal(7)}
    assert document.resources == scenario.document.resources
    assert 'value="9,000,000"' in ada.text(path)


def test_a_range_is_shown_on_the_bill(ada: Person, workshop: Workshop) -> None:
    volume = {"low": 1_000_000, "expected": 2_000_000, "high": 9_000_000}
    text = ada.text(f"/scenarios/{workshop.scenario(traffic={'volume': volume}).id}")
    assert all(amount in text for amount in ("$1.20", "$2.40", "$10.80"))


def test_falling_volumes_are_refused_at_their_field(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    answer = ada.post(f"/scenarios/{scenario.id}/traffic", FORM | {"traffic.volume.low": "3,000,000"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "low ≤ expected ≤ high" in text
    assert 'value="3,000,000"' in text
    assert workshop.look(scenario) == scenario


def test_a_preview_saves_nothing(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    form = FORM | {"traffic.unit": "events", "free_tier": "none", "region": "us-east-1"}
    for htmx in (True, False):
        answer = ada.post(f"/scenarios/{scenario.id}/traffic/preview", form, htmx=htmx)
        assert "$2.40" in answer.get_data(as_text=True)
        assert "not saved" in answer.get_data(as_text=True)
    refused = ada.post(f"/scenarios/{scenario.id}/traffic/preview", form | {"region": "mars"}, htmx=True)
    assert refused.status_code == 422
    assert workshop.look(scenario) == scenario


def test_saving_by_htmx_says_so_and_tells_the_bill(ada: Person, workshop: Workshop) -> None:
    path = f"/scenarios/{workshop.scenario().id}/traffic"
    assert ada.post(path, FORM, htmx=True).headers["HX-Redirect"] == path  # the region is in the head, too
    answer = ada.post(path, FORM, htmx=True)
    assert "Saved" in answer.get_data(as_text=True)
    assert "bill-changed" in answer.headers["HX-Trigger"]


def test_unknown_choices_are_refused(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    for wrong in ({"free_tier": "all"}, {"traffic_source": "guessed"}, {"traffic.unit": "Orders!"}):
        assert ada.post(f"/scenarios/{scenario.id}/traffic", FORM | wrong).status_code == 422


def test_a_commitment_is_chosen_and_the_bill_says_when_it_pays_off(ada: Person, workshop: Workshop) -> None:
    server = {"service": "ec2", "name": "Server", "settings": {"instance_type": "m7g.large"}}
    scenario = workshop.scenario(resources=[server])
    path = f"/scenarios/{scenario.id}/traffic"
    form = FORM | {"region": "us-east-1", "free_tier": "none"}
    chosen: dict[str, object] = {"commitment.term": "1-year", "commitment.payment": "no-upfront"}
    preview = ada.post(f"{path}/preview", form | chosen, htmx=True).get_data(as_text=True)
    assert "Pays off when used 73.4 % of the time" in preview
    assert workshop.look(scenario).document.commitment.term == "none"
    ada.post(path, form | chosen)
    text = ada.text(path)
    assert '<option value="1-year" selected>' in text
    assert "$15.84" in text
    ada.post(path, form)
    assert workshop.look(scenario).document.commitment.term == "1-year"


def test_an_unknown_commitment_is_refused_at_its_field(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    form = FORM | {"commitment.term": "forever", "commitment.payment": "no-upfront"}
    answer = ada.post(f"/scenarios/{scenario.id}/traffic", form)
    assert answer.status_code == 422
    assert 'id="field-commitment-term-error"' in answer.get_data(as_text=True)
