"""A refresh against a price server: what changed comes in, what is doubtful stays out."""

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from deploy.local.places import CHECKOUT
from tests.price_list.offers import Offer, Product, queue, queues, write_unit
from tests.price_list.price_server import PriceServer, running
from tests.services.shop import make_shop
from tests.stack.application import Clock
from tests.stack.databases import make_settings
from tests.worker.conftest import worker_environment
from webapp.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from webapp.domain.jobs import REFRESH_PRICES, WARM_CACHE
from webapp.infra.db import db, unit_of_work
from webapp.infra.feed import FeedLimits
from webapp.infra.jobs import RecordingDispatcher
from webapp.models.catalog import Catalog, CatalogPrice, PriceRefresh
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.prices import Price
from webapp.services import price_refresh
from webapp.services.catalog_changes import accept_catalog, diff_catalogs, list_catalogs, refuse_catalog
from webapp.services.estimates import estimate_scenario
from webapp.services.price_refresh import import_price_files, refresh_in_turns, refresh_prices
from webapp.services.prices import price_list, store_prices
from webapp.services.refresh_runs import RefreshView, list_refreshes, only_run
from webapp.settings import Settings

QUICK = FeedLimits(timeout_s=0.4, tries=2, backoff_s=0.01)
SQS = Offer("AWSQueueService", queues())
DDB = Offer("AmazonDynamoDB", (write_unit(),))


@pytest.fixture
def server() -> Iterator[PriceServer]:
    with running() as server:
        server.publish(SQS)
        yield server


FEW = [
    price
    for price in shipped_catalog().prices.values()
    if price.key.startswith(("sqs.", "ddb.", "ec2.m5.large."))
]


@pytest.fixture(autouse=True)
def few_prices(app: Flask) -> None:
    """A small catalog in place of the shipped one: to write all of that each time tests nothing more.

    It is another catalog, not a cut one: price lists are remembered by the catalog they are of.
    """
    with app.app_context(), unit_of_work():
        db.session.execute(delete(Catalog))
        catalog = Catalog(name="2026-10-08", published_on=date(2026, 10, 8), digest="few")
        db.session.add(catalog)
        db.session.flush()
        store_prices(catalog.id, FEW)


@pytest.fixture
def settings(settings: Settings, server: PriceServer) -> Settings:
    return settings.model_copy(update={"price_list_url": server.url})


def refresh(service: str = "sqs", region: str = "") -> RefreshView:
    return refresh_prices(service, region, limits=QUICK)


def price(key: str = "sqs.standard", region: str = "us-east-1") -> Price:
    found = price_list(region).find(region, key)
    assert found is not None
    return found


def first_usd(key: str = "sqs.standard", region: str = "us-east-1") -> Decimal:
    return price(key, region).tiers[0].usd


def newer(offer: Offer, *products: Product, version: str = "20261102000000") -> Offer:
    """`offer` with some of its products changed."""
    by_sku = {product.sku: product for product in (*offer.products, *products)}
    return replace(offer, products=tuple(by_sku.values()), version=version)


def catalogs() -> int:
    return db.session.scalar(select(func.count()).select_from(Catalog)) or 0


@pytest.mark.both_databases
def test_a_changed_price_moves_the_bill(
    database_url: str, context: None, owner: UUID, server: PriceServer
) -> None:
    shop = make_shop(owner)
    before = estimate_scenario(owner, shop.id).total
    server.publish(newer(SQS, queue("0.0000005000")))
    done = refresh()
    assert (done.outcome, done.report.changed, done.report.problems) == ("accepted", 1, ())
    after = estimate_scenario(owner, shop.id)
    assert (before, after.total) == (Decimal("1.2"), Decimal("1.5"))
    assert after.catalog.name == done.catalog
    assert price().source == (
        "AWS Price List, AWSQueueService us-east-1, version 20261102000000, SKU SQSSTANUS-EAST-1"
    )
    usd = [Decimal("0.0000005"), Decimal("0.0000003"), Decimal("0.00000024")]
    assert [tier.usd for tier in price().tiers] == usd


def test_what_did_not_change_is_not_fetched_again(context: None, server: PriceServer) -> None:
    refresh()
    fetched = server.asked_for("20261101000000")
    again = refresh()
    assert (again.outcome, again.report.files_unchanged, again.report.files_read) == ("unchanged", 1, 0)
    assert server.asked_for("20261101000000") == fetched == 1
    assert again.report.fetched_bytes == 0


def test_prices_found_the_same_are_as_of_today_in_a_week(
    app: Flask, server: PriceServer, clock: Clock
) -> None:
    with app.app_context():
        clock.advance(days=300)
        refresh("")
        first = price_list("us-east-1").catalog
        clock.advance(days=3)
        assert refresh("").outcome == "unchanged"
        clock.advance(days=5)
        assert refresh("").outcome == "accepted"
        assert (price_list("us-east-1").catalog.published - first.published).days == 8
        assert price().as_of == clock.moment.date().isoformat()


@pytest.mark.parametrize("fault", ["500", "503", "reset", "cut", "slow"])
def test_a_fault_that_passes_changes_nothing(context: None, server: PriceServer, fault: str) -> None:
    path = server.publish(newer(SQS, queue("0.0000004400")))
    server.faults[path].append(fault)
    assert (refresh().outcome, first_usd()) == ("accepted", Decimal("0.00000044"))


@pytest.mark.parametrize("damage", ["404", "truncated", "html", "wrong offer", "always 500"])
def test_a_file_that_cannot_be_used_leaves_its_prices_alone(
    context: None, server: PriceServer, damage: str
) -> None:
    before = price()
    path = server.publish(newer(SQS, queue("0.0000004400")))
    content = server.files[path]
    if damage == "404":
        del server.files[path]
    elif damage == "always 500":
        server.faults[path] += ["500"] * 2
    else:
        server.files[path] = {
            "truncated": content[: len(content) * 2 // 3],
            "html": b"<html>",
            "wrong offer": DDB.json(),
        }[damage]
    done = refresh()
    assert [problem.kind for problem in done.report.problems] == [
        "feed" if damage in ("404", "always 500") else "file"
    ]
    assert price() == before
    server.files[path] = content
    assert refresh().outcome == "accepted"
    assert price() != before


def test_without_a_service_index_the_refresh_fails_and_says_so(context: None, server: PriceServer) -> None:
    server.files["/offers/v1.0/aws/index.json"] = b"<html>closed</html>"
    with pytest.raises(Unavailable, match="could not be read: The service index is not JSON"):
        refresh()
    assert list_refreshes()[0].outcome == "failed"
    assert catalogs() == 1


def test_no_product_and_several_products_keep_the_last_good_price(context: None, server: PriceServer) -> None:
    before = price()
    fifo = queue("0.0000005100", kind="FIFO (first-in, first-out)")
    products = (queue(), queue("0.0000009000", sku="TWIN"), fifo)
    server.publish(Offer("AWSQueueService", products, "20261102000000"))
    done = refresh()
    assert done.outcome == "accepted"
    kinds = {(problem.kind, problem.key) for problem in done.report.problems}
    assert kinds == {("several", "sqs.standard"), ("none", "sqs.fair")}
    assert (price(), first_usd("sqs.fifo")) == (before, Decimal("0.00000051"))
    assert any("SQSSTANUS-EAST-1, TWIN" in problem.message for problem in done.report.problems)


def test_a_renamed_attribute_is_reported_and_held(context: None, server: PriceServer) -> None:
    refresh()
    before = price()
    path = server.publish(newer(SQS))
    server.files[path] = server.files[path].replace(b"queueType", b"kindOfQueue")
    done = refresh()
    assert done.outcome == "held"
    assert "3 prices are no longer found in the price list" in done.report.reasons[0]
    assert {problem.kind for problem in done.report.problems} == {"none"}
    assert price() == before


def test_a_new_tier_comes_in(context: None, server: PriceServer) -> None:
    tiers = (("0", "1000000000", "0.0000004200"), ("1000000000", "Inf", "0.0000004000"))
    server.publish(newer(SQS, replace(queue(), tiers=tiers)))
    # From 100 billion on the price was 0.30 and 0.24 a million: it rises there by more than 30 %.
    assert refresh().outcome == "held"
    tiers = (tiers[0], ("1000000000", "Inf", "0.0000002900"))
    server.publish(newer(SQS, replace(queue(), tiers=tiers), version="20261103000000"))
    assert refresh().outcome == "accepted"
    assert [tier.end for tier in price().tiers] == [Decimal(1_000_000_000), None]


def test_a_free_tier_inside_the_product_is_taken_off(context: None, server: PriceServer) -> None:
    server.publish(newer(DDB, write_unit("0.0007000000")))
    assert refresh("dynamodb").report.prices_read == 1
    assert price("ddb.provisioned.wcu").tiers[0].usd == Decimal("0.0007")
    assert price("ddb.provisioned.wcu").tiers[0].end is None


@pytest.mark.parametrize(
    ("usd", "reason"),
    [("0.0000006000", "moved by more than 30 %"), ("0.0000000000", "are now zero")],
)
def test_a_suspicious_price_waits_for_a_person(
    context: None, server: PriceServer, usd: str, reason: str
) -> None:
    before = price()
    product = replace(queue(), tiers=(("0", "Inf", usd),))
    server.publish(newer(SQS, product))
    done = refresh()
    assert done.outcome == "held"
    assert any(reason in said for said in done.report.reasons)
    assert price() == before
    assert (refresh().outcome, catalogs()) == ("held", 2), "the same prices are not held twice"
    with unit_of_work():
        accept_catalog(done.catalog)
    assert price().tiers[0].usd == Decimal(usd)
    assert refresh().outcome == "unchanged"


def test_what_a_person_refused_does_not_come_back(context: None, server: PriceServer) -> None:
    server.publish(newer(SQS, queue("0.0000009000")))
    held = refresh().catalog
    with unit_of_work():
        refuse_catalog(held)
    assert (refresh().outcome, catalogs()) == ("unchanged", 2)
    with pytest.raises(Conflict, match="was accepted"), unit_of_work():
        refuse_catalog(next(state.name for state in list_catalogs() if state.in_use))


def test_a_newer_held_catalog_replaces_an_older_one(context: None, server: PriceServer) -> None:
    server.publish(newer(SQS, queue("0.0000009000")))
    first = refresh().catalog
    server.publish(newer(SQS, queue("0.0000008000"), version="20261103000000"))
    second = refresh().catalog
    states = {state.name: state for state in list_catalogs()}
    assert (states[first].status, states[second].status) == ("refused", "held")


def test_a_held_catalog_does_not_undo_what_came_after_it(context: None, server: PriceServer) -> None:
    server.publish(newer(SQS, queue("0.0000009000")))
    held = refresh().catalog
    server.publish(newer(DDB, write_unit("0.0007000000")))
    assert refresh("dynamodb").outcome == "accepted"
    with pytest.raises(Conflict, match="Run a refresh"), unit_of_work():
        accept_catalog(held)
    with unit_of_work():
        accept_catalog(held, anyway=True)
    with pytest.raises(NotFound):
        accept_catalog("1999-01-01")


def test_old_catalogs_go_except_the_first_of_each_month(
    app: Flask, server: PriceServer, clock: Clock
) -> None:
    with app.app_context():
        clock.advance(days=300)  # to 2027-01-08
        made = []
        for number in range(5):
            clock.advance(days=10)
            version = f"202701{number + 10:02d}000000"
            server.publish(newer(SQS, queue(f"0.000000{4100 + number}"), version=version))
            made.append(refresh().catalog)
        kept = {state.name for state in list_catalogs() if state.base}
        prices = db.session.scalar(select(func.count(CatalogPrice.catalog_id.distinct())))
    assert made == ["2027-01-18", "2027-01-28", "2027-02-07", "2027-02-17", "2027-02-27"]
    assert kept == {"2027-01-18", "2027-02-07", "2027-02-27"}
    assert prices == len(kept) + 1


def test_a_removed_region_is_held_until_a_person_agrees(context: None, server: PriceServer) -> None:
    server.publish(newer(SQS, queue(region="eu-west-1"), queue(region="eu-west-1", kind="Fair")), "eu-west-1")
    refresh()
    server.withdraw("AWSQueueService", "eu-west-1")
    done = refresh()
    assert done.outcome == "held"
    assert any("services have fewer prices: sqs" in reason for reason in done.report.reasons)
    assert price(region="eu-west-1").tiers
    with unit_of_work():
        accept_catalog(done.catalog)
    assert price_list("eu-west-1").find("eu-west-1", "sqs.standard") is None
    assert price("sqs.standard").tiers


def test_an_older_file_does_not_turn_prices_back(context: None, server: PriceServer) -> None:
    refresh()
    server.publish(newer(SQS, queue("0.0000003900"), version="20251101000000"))
    done = refresh()
    assert (done.outcome, [problem.kind for problem in done.report.problems]) == ("unchanged", ["older"])


def test_a_packed_feed_and_a_large_offer_in_csv(context: None, server: PriceServer) -> None:
    server.packed = True
    attributes = {
        "instanceType": "m5.large", "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA",
        "capacitystatus": "Used", "operation": "RunInstances", "usagetype": "BoxUsage:m5.large",
        "licenseModel": "No License required", "regionCode": "us-east-1",
    }  # fmt: skip
    box = Product("M5", attributes, (("0", "Inf", "0.0970000000"),), "Hrs", "Compute Instance", reserved=True)
    path = server.publish(Offer("AmazonEC2", (box,)), as_csv=True)
    done = refresh("ec2", "us-east-1")
    assert (done.report.files_read, server.asked_for(path.replace(".json", ".csv"))) == (1, 1)
    assert server.asked_for(path) == 0
    changed = diff_catalogs(done.report.base, done.catalog).changed
    assert [change.after.tiers[0].usd for change in changed if change.after] == [Decimal("0.097")]


def test_a_service_or_region_nobody_knows_is_refused_before_anything_is_asked(
    context: None, server: PriceServer
) -> None:
    with pytest.raises(NotFound, match="no service"):
        refresh("teleport")
    with pytest.raises(NotFound, match="no region"):
        refresh("sqs", "moon-1")
    assert server.asked == []


def test_there_is_never_a_second_refresh(context: None, server: PriceServer) -> None:
    with only_run(), pytest.raises(Conflict, match="already running"):
        refresh()
    assert list_refreshes()[0].outcome == "failed", "it ended without a word"
    assert refresh().outcome == "unchanged"


@pytest.mark.both_databases
def test_the_slot_itself_admits_one(database_url: str, app: Flask) -> None:
    """Two that begin in the same moment see no row; the database lets only one of them write it."""
    with app.app_context(), only_run(), app.app_context():
        db.session.add(PriceRefresh(slot="refresh", holder="elsewhere:1:1"))
        with pytest.raises(Exception, match=r"(?i)unique"):
            db.session.flush()
        db.session.rollback()


def test_a_refresh_that_runs_out_of_time_goes_on_later(context: None, server: PriceServer) -> None:
    server.publish(newer(SQS, queue("0.0000004400", region="eu-west-1")), "eu-west-1")
    assert refresh_prices("sqs", budget_s=-1, limits=QUICK).outcome == "unfinished"
    assert catalogs() == 1
    assert refresh().outcome == "accepted"


def test_a_worker_sends_for_the_rest(
    app: Flask, server: PriceServer, caplog: pytest.LogCaptureFixture
) -> None:
    app.extensions["jobs"] = jobs = RecordingDispatcher()
    with app.app_context():
        refresh_in_turns(-1)
        assert jobs.sent == [(REFRESH_PRICES, ())]
        refresh_in_turns(60)
        assert list_refreshes()[0].outcome == "accepted"
        with only_run():
            refresh_in_turns(60)
    assert jobs.sent == [(REFRESH_PRICES, ()), (WARM_CACHE, ())]
    assert "already running" in caplog.text


def test_a_refresh_that_never_ends_is_given_up_for_the_day(
    app: Flask, server: PriceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.extensions["jobs"] = jobs = RecordingDispatcher()
    monkeypatch.setattr(price_refresh, "_MOST_TURNS", 3)
    with app.app_context():
        for _ in range(5):
            refresh_in_turns(-1)
    assert len(jobs.sent) == 2


def test_a_killed_refresh_leaves_nothing_and_the_next_goes_on_at_once(
    app: Flask, server: PriceServer, settings: Settings
) -> None:
    path = server.publish(newer(SQS, queue("0.0000004400")))
    server.slow_s = 30
    server.faults[path].append("slow")
    environment = worker_environment(settings) | {"PRICE_LIST_URL": server.url, "FLASK_APP": "wsgi"}
    killed = subprocess.Popen(
        [sys.executable, "-m", "flask", "prices", "refresh", "--service", "sqs"],
        cwd=CHECKOUT,
        env=environment,
    )
    deadline = time.monotonic() + 30
    while not server.asked_for(path) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    with app.app_context():
        assert (list_refreshes()[0].outcome, catalogs()) == ("running", 1)
        server.faults.clear()
        assert refresh().outcome == "accepted"
        assert {view.outcome for view in list_refreshes()} == {"abandoned", "accepted"}


def test_a_failure_while_writing_leaves_nothing_behind(
    context: None, server: PriceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = price()
    server.publish(newer(SQS, queue("0.0000004400")))

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("webapp.services.catalog_making.keep_seen", fail)
    with pytest.raises(OSError, match="disk full"):
        refresh()
    monkeypatch.undo()
    assert (price(), catalogs()) == (before, 1)
    asked = server.asked_for("20261102000000")
    assert refresh().outcome == "accepted"
    assert server.asked_for("20261102000000") == asked, "what was read is not fetched again"


def test_files_are_imported_without_a_network(context: None, server: PriceServer, tmp_path: Path) -> None:
    one, two = tmp_path / "index.json", tmp_path / "index.csv.gz"
    one.write_bytes(newer(SQS, queue("0.0000004400"), queue("0.0000004500", region="eu-west-1")).json())
    two.write_bytes(gzip.compress(newer(DDB, write_unit("0.0006800000")).csv()))
    done = import_price_files([one, two])
    assert (done.outcome, done.report.changed, server.asked) == ("accepted", 3, [])
    assert first_usd(region="eu-west-1") == Decimal("0.00000045")
    assert price("ddb.provisioned.wcu").as_of == "2026-11-01"
    assert import_price_files([one, two]).outcome == "unchanged"


def test_an_old_file_that_differs_is_held(context: None, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes(replace(newer(SQS, queue("0.0000004400")), published="2021-03-04T16:38:09Z").csv())
    done = import_price_files([file])
    assert done.outcome == "held"
    assert "1 prices in use are newer than the files, of 2021-03-04" in done.report.reasons[-1]


def test_files_of_no_use_are_named(context: None, tmp_path: Path) -> None:
    file, other = tmp_path / "notes.txt", tmp_path / "offer.json"
    file.write_text("hello")
    other.write_bytes(Offer("AmazonTeleport", (queue(),)).json())
    with pytest.raises(InvalidInput) as refused:
        import_price_files([file, other])
    assert [problem.pointer for problem in refused.value.problems] == [str(file), str(other)]
    assert list_refreshes()[0].outcome == "failed"


def test_the_commands_tell_what_happened(app: Flask, server: PriceServer, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    server.publish(newer(SQS, queue("0.0000009000")))
    held = run(args=["prices", "refresh", "--service", "sqs", "--region", "us-east-1"])
    assert held.exit_code == 0
    assert "is held back" in held.output
    assert "sqs.standard (us-east-1) +125%" in held.output
    status = run(args=["prices", "status"]).output
    assert "waits for a person" in status
    name = next(line.split()[0] for line in status.splitlines() if " held " in line)
    assert "0.0000004" in run(args=["prices", "diff", "2026-10-08", name]).output
    assert f"Catalog {name} of" in run(args=["prices", "accept", name]).output
    assert "in use" in run(args=["prices", "status"]).output
    assert run(args=["prices", "accept", "nothing"]).exit_code == 1
    file = tmp_path / "index.json"
    file.write_bytes(newer(SQS, queue("0.0000009100"), version="20261201000000").json())
    assert "1 changed" in run(args=["prices", "import", str(file)]).output


def test_the_address_of_the_feed_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="PRICE_LIST_URL"):
        make_settings("sqlite://", tmp_path, PRICE_LIST_URL="ftp://example.com")
