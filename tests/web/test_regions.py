"""The regions tab: the same month everywhere, and a click that makes one of them a scenario."""

import re
from html import unescape

from tests.web.conftest import Person, Workshop
from webapp.domain.regions import REGIONS
from webapp.services.scenarios import ScenarioView
from webapp.web.charts import BAR_SPAN

FUNCTION = {"service": "lambda", "name": "Handler", "usage": {"requests": {"per": "events"}}}
QUEUE = {"service": "sqs", "name": "Queue", "usage": {"requests": 1_000_000}}


def rows(text: str) -> list[str]:
    """The table's rows as text, head left out."""
    table = text.split('class="table cards region-table"')[1].split("</table>")[0]
    plain = [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)]
    return [" ".join(unescape(row).split()) for row in plain][1:]


def page(person: Person, scenario: ScenarioView) -> str:
    return person.text(f"/scenarios/{scenario.id}/regions")


def test_every_region_is_ranked_with_its_difference(ada: Person, workshop: Workshop) -> None:
    found = rows(page(ada, workshop.scenario(resources=[FUNCTION])))
    assert len(found) == len(REGIONS)
    (home,) = [row for row in found if "its own region" in row]
    assert "US East (N. Virginia)" in home
    assert "Make a scenario" not in home
    cape_town = next(row for row in found if "Africa (Cape Town)" in row)
    assert re.search(r"\+[\d.]+ \+[\d.]+ % Make a scenario$", cape_town), cape_town


def test_what_has_no_price_in_a_region_is_named_and_stands_last(ada: Person, workshop: Workshop) -> None:
    text = page(ada, workshop.scenario(resources=[FUNCTION, QUEUE]))
    found = rows(text)
    incomplete = ["unpriced" in row for row in found]
    assert True in incomplete
    assert incomplete == sorted(incomplete)
    assert "1 use unpriced Queue: Standard" in found[-1]
    assert "+ 1 unpriced not comparable" in found[-1]
    assert "$" not in found[-1]


def test_a_region_where_nothing_has_a_price_is_never_free(ada: Person, workshop: Workshop) -> None:
    found = rows(page(ada, workshop.scenario(resources=[QUEUE])))
    osaka = next(row for row in found if "Osaka" in row)
    assert "0.00" not in osaka
    assert "unpriced not comparable –" in osaka


def test_the_chart_says_what_the_table_says(ada: Person, workshop: Workshop) -> None:
    text = page(ada, workshop.scenario(resources=[FUNCTION, QUEUE]))
    chart = text.split('<svg class="ranked" width="100%"')[1].split("</svg>")[0]
    labels = re.findall(r'<text x="0"[^>]*>([^<]+)<', chart)
    assert labels == [next(code for code in REGIONS if f" {code} " in f" {row} ") for row in rows(text)]
    assert chart.count('class="home"') == 1
    lengths = [float(length) for length in re.findall(r'width="([\d.]+)%"', chart)]
    assert max(lengths) == BAR_SPAN


def test_a_click_makes_the_variant_a_scenario(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario(resources=[FUNCTION])
    answer = ada.post(f"/scenarios/{scenario.id}/regions", {"region": "eu-west-1"})
    assert answer.status_code == 303
    assert str(scenario.id) not in answer.location
    text = ada.text(answer.location)
    assert "Checkout in eu-west-1" in text
    assert "The original is unchanged" in text
    assert workshop.look(scenario) == scenario


def test_an_unknown_region_and_a_missing_token_are_refused(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario(resources=[FUNCTION])
    assert ada.post(f"/scenarios/{scenario.id}/regions", {"region": "moon-1"}).status_code == 422
    assert (
        ada.client.post(f"/scenarios/{scenario.id}/regions", data={"region": "eu-west-1"}).status_code == 400
    )
    assert ada.text("/scenarios").count('class="name"') == 1


def test_a_scenario_without_resources_has_nothing_to_compare(ada: Person, workshop: Workshop) -> None:
    assert "Nothing to compare yet" in page(ada, workshop.scenario(resources=[]))
