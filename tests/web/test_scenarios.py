"""The list of scenarios and the life of one."""

import pytest

from tests.web.conftest import Person, Workshop


def test_the_list_shows_what_each_scenario_costs(ada: Person, workshop: Workshop) -> None:
    workshop.scenario("Checkout")
    text = ada.text("/scenarios")
    assert "Checkout" in text
    assert "1.20" in text  # 3 million SQS requests at $0.40


def test_filters_live_in_the_address(ada: Person, workshop: Workshop) -> None:
    workshop.scenario("Checkout", tags=["shop"])
    workshop.scenario("Log pipeline", region="eu-west-1")
    for address, found, missing in (
        ("/scenarios?q=check", "Checkout", "Log pipeline"),
        ("/scenarios?region=eu-west-1", "Log pipeline", "Checkout"),
        ("/scenarios?tag=shop", "Checkout", "Log pipeline"),
    ):
        text = ada.text(address)
        assert found in text
        assert missing not in text


def test_sorting_and_paging_keep_the_filters(ada: Person, workshop: Workshop) -> None:
    for number in range(21):
        workshop.scenario(f"Load {number:02}", tags=["load"])
    first = ada.text("/scenarios?sort=name&tag=load")
    assert "Load 00" in first
    assert "Load 20" not in first
    assert "/scenarios?sort=name&amp;tag=load&amp;page=2" in first
    assert "Load 20" in ada.text("/scenarios?sort=name&tag=load&page=2")


@pytest.mark.parametrize(
    "address", ["/scenarios?page=x", "/scenarios?page=-4", "/scenarios?sort=evil&status=x&page=99"]
)
def test_a_nonsense_address_is_a_list_all_the_same(ada: Person, workshop: Workshop, address: str) -> None:
    workshop.scenario()
    assert ada.get(address).status_code == 200


def test_htmx_gets_the_table_alone_and_a_clean_address(ada: Person, workshop: Workshop) -> None:
    workshop.scenario()
    answer = ada.get("/scenarios?q=check&region=&tag=", htmx=True)
    assert answer.get_data(as_text=True).lstrip().startswith('<div id="scenarios">')
    assert answer.headers["HX-Push-Url"] == "/scenarios?q=check"
    assert "HX-Request" in answer.headers["Vary"]


def test_a_scenario_starts_empty_or_from_a_template(ada: Person) -> None:
    answer = ada.post("/scenarios", {"name": "Mine", "region": "eu-west-1"})
    assert answer.status_code == 303
    assert "Nothing here yet" in ada.text(answer.location)
    started = ada.post("/scenarios", {"name": "Bot", "region": "us-east-1", "from": "chatbot"})
    assert "Amazon Bedrock" in ada.text(started.location)


def test_a_template_shows_what_it_contains_and_costs(ada: Person) -> None:
    text = ada.text("/scenarios/new?from=log-pipeline")
    assert "Log queue" in text
    assert "60,000,000 events" in text


def test_a_refused_scenario_keeps_what_was_typed(ada: Person) -> None:
    form: dict[str, object] = {
        "name": " ",
        "region": "atlantis",
        "description": "<b>kept</b>",
        "tags": "a, b",
    }
    answer = ada.post("/scenarios", form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "&lt;b&gt;kept&lt;/b&gt;" in text
    assert 'value="a, b"' in text
    assert "atlantis" in text


def test_details_are_edited(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    form: dict[str, object] = {"name": "Renamed", "region": "eu-west-1", "tags": "x, y", "description": "why"}
    assert ada.post(f"/scenarios/{scenario.id}", form).status_code == 303
    changed = workshop.look(scenario).document
    assert (changed.name, changed.region, changed.tags) == ("Renamed", "eu-west-1", ("x", "y"))
    assert changed.resources == scenario.document.resources
    assert ada.post(f"/scenarios/{scenario.id}", form | {"name": ""}).status_code == 422


def test_states_move_by_their_rules(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    for wanted in ("running", "completed", "archived", "draft"):
        assert ada.post(f"/scenarios/{scenario.id}/status", {"status": wanted}).status_code == 303
        assert workshop.look(scenario).status == wanted
    ada.post(f"/scenarios/{scenario.id}/status", {"status": "running"})
    refused = ada.post(f"/scenarios/{scenario.id}/status", {"status": "archived"})
    assert refused.status_code == 409
    assert "cannot become archived" in refused.get_data(as_text=True)
    assert ada.post(f"/scenarios/{scenario.id}/status", {"status": "gone"}).status_code == 400


def test_an_archived_scenario_offers_nothing_it_would_refuse(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    ada.post(f"/scenarios/{scenario.id}/status", {"status": "archived"})
    text = ada.text(f"/scenarios/{scenario.id}")
    assert "Restore" in text
    assert "Add resource" not in text
    assert ada.post(f"/scenarios/{scenario.id}/resources", {"service": "sqs"}).status_code == 409


def test_a_copy_is_a_scenario_of_its_own(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    answer = ada.post(f"/scenarios/{scenario.id}/duplicate")
    assert str(scenario.id) not in answer.location
    assert "Checkout (copy)" in ada.text(answer.location)


def test_deleting_asks_first(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    assert "cannot be undone" in ada.text(f"/scenarios/{scenario.id}/delete")
    assert ada.get(f"/scenarios/{scenario.id}").status_code == 200
    assert ada.post(f"/scenarios/{scenario.id}/delete").location == "/scenarios"
    assert "was deleted" in ada.text("/scenarios")
    assert ada.get(f"/scenarios/{scenario.id}").status_code == 404


def test_what_people_write_is_text_never_markup(ada: Person, workshop: Workshop) -> None:
    evil = "<script>alert(1)</script>\"'"
    scenario = workshop.scenario(evil, description=evil)
    for page in ("", "/traffic", "/recording", "/reports", "/edit", "/delete"):
        assert "<script>alert" not in ada.text(f"/scenarios/{scenario.id}{page}")
    assert "<script>alert" not in ada.text("/scenarios")


def test_a_page_that_is_not_there_says_what_to_do_next(ada: Person) -> None:
    answer = ada.get("/scenarios/not-an-id")
    assert answer.status_code == 404
    assert "To your scenarios" in answer.get_data(as_text=True)


UNKNOWN = {"service": "sqs", "name": "Far queue", "usage": {"requests": 1_000_000}}
KNOWN = {"service": "lambda", "name": "Near function", "usage": {"requests": 1_000_000}}


def test_a_bill_without_a_known_price_is_never_zero(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario(region="ap-northeast-3", resources=[UNKNOWN])
    for path in ("/scenarios", f"/scenarios/{scenario.id}"):
        text = ada.text(path)
        assert "unpriced" in text
        assert "0.00<" not in text.replace("\n", "")


def test_a_bill_known_in_part_says_what_is_beside_it(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario(region="ap-northeast-3", resources=[UNKNOWN, KNOWN])
    assert "+ 1 unpriced" in ada.text("/scenarios")
    queue, function = ada.text(f"/scenarios/{scenario.id}").split('<p class="cost">')[1:3]
    assert queue.lstrip().startswith('<span class="badge warn">unpriced')
    assert function.lstrip().startswith("$")
