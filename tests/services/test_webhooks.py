"""Webhooks of budgets: signed, tried again for a day, given up with a reason, and never sent to the house."""

import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import select

from tests.infra.webhook_receiver import LOOPBACK, Receiver, receiver
from tests.services.budgeting import check, give_budget, scenario_costing
from tests.stack.application import Clock
from webapp.domain.budgets import TRIES, webhook_wait_s
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.jobs import DELIVER_WEBHOOK
from webapp.infra.clock import now
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.infra.webhook_post import Rules
from webapp.models.audit import AuditEntry
from webapp.models.budget import Budget, WebhookDelivery
from webapp.services import webhook_signing, webhooks
from webapp.services.accounts import register_account
from webapp.services.budget_checks import check_budget
from webapp.services.webhooks import (
    KEPT,
    MAX_TESTS,
    QUEUED_TOO_LONG,
    STALE,
    DeliveryView,
    deliver_webhook,
    list_deliveries,
    resend_stuck_deliveries,
    send_test,
)
from webapp.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """This installation may post to loopback."""
    return Settings.model_validate(settings.model_dump(by_alias=True) | LOOPBACK)


@pytest.fixture
def ada(app: Flask, queue: RecordingDispatcher) -> Iterator[UUID]:
    with app.app_context():
        with unit_of_work():
            owner_id = register_account("ada@example.com", "correct horse battery").id
        yield owner_id


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as told:
        yield told


class Shop:
    """A scenario over 80 % of its budget, with a webhook; `secret` signs."""

    def __init__(self, owner_id: UUID, url: str) -> None:
        self.owner_id = owner_id
        self.id = scenario_costing(owner_id, 85)
        self.secret = give_budget(owner_id, self.id, "100", url=url).secret or ""

    def pass_budget(self) -> UUID:
        assert check(self.id) == (50, 80)
        return self.last().id

    def last(self) -> DeliveryView:
        db.session.expire_all()
        return list_deliveries(self.owner_id, self.id)[0]

    def test(self) -> UUID:
        with unit_of_work():
            return send_test(self.owner_id, self.id).id


@pytest.fixture
def shop(ada: UUID, hook: Receiver) -> Shop:
    return Shop(ada, hook.url)


def _is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What a receiver does, from docs/budgets.md."""
    parts = dict(part.split("=", 1) for part in headers["X-MockupAWS-Signature"].split(","))
    signed = hmac.new(secret.encode(), f"{parts['t']}.".encode() + body, "sha256").hexdigest()
    return hmac.compare_digest(signed, parts["v1"]) and abs(now().timestamp() - int(parts["t"])) < 300


def test_a_crossing_is_posted_once_with_a_signature_that_holds(
    shop: Shop, hook: Receiver, queue: RecordingDispatcher
) -> None:
    delivery_id = shop.pass_budget()
    assert queue.sent[-1] == (DELIVER_WEBHOOK, (str(delivery_id),))
    assert [deliver_webhook(delivery_id), deliver_webhook(delivery_id)] == ["delivered", "nothing"]
    (came,) = hook.posts
    assert _is_signed(shop.secret, came.headers, came.body)
    assert not _is_signed(shop.secret, came.headers, came.body + b" ")
    assert not _is_signed("another", came.headers, came.body)
    assert came.headers["X-MockupAWS-Delivery"] == str(delivery_id)
    said: dict[str, Any] = json.loads(came.body)
    assert said.pop("at").endswith("+00:00")
    assert said == {
        "event": "budget.passed",
        "id": str(delivery_id),
        "scenario_id": str(shop.id),
        "scenario_name": "Shop",
        "scenario_url": f"http://localhost/scenarios/{shop.id}",
        "threshold": 80,
        "thresholds": [50, 80],
        "figure": "expected",
        "budget_usd": "100",
        "total_usd": "85",
        "percent": 85,
        "unpriced": 0,
    }
    view = shop.last()
    assert (view.status, view.answer, view.attempts, view.reason) == ("delivered", 204, 1, "")
    assert view.duration_ms is not None
    assert view.ended_at is not None
    assert resend_stuck_deliveries() == 0


def test_the_secret_is_shown_once_and_nowhere_in_the_clear(shop: Shop, hook: Receiver) -> None:
    assert shop.secret.startswith("mw_")
    stored = db.session.scalars(select(Budget.webhook_secret)).one()
    assert stored is not None
    assert shop.secret not in stored
    assert give_budget(shop.owner_id, shop.id, "100", url=hook.url).secret is None
    other = give_budget(shop.owner_id, shop.id, "100", url=hook.url + "/2").secret
    assert other not in (None, shop.secret)


@pytest.mark.both_databases
def test_of_many_workers_one_posts(app: Flask, shop: Shop, hook: Receiver) -> None:
    delivery_id, together = shop.pass_budget(), Barrier(6)

    def work(_: int) -> str:
        with app.app_context():
            together.wait(10)
            return deliver_webhook(delivery_id)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(work, range(6))) == ["delivered"] + ["nothing"] * 5
    assert len(hook.posts) == 1


def test_a_failed_post_is_tried_again_later_and_then_arrives(
    clock: Clock, shop: Shop, hook: Receiver, queue: RecordingDispatcher
) -> None:
    hook.answers = [500, 503]
    delivery_id, waits = shop.pass_budget(), []
    for status in (500, 503):
        assert deliver_webhook(delivery_id) == "delayed"
        assert deliver_webhook(delivery_id) == "nothing", "not due yet"
        view = shop.last()
        assert (view.status, view.answer) == ("waiting", status)
        assert view.reason == f"The server answered {status}."
        waits.append((view.due_at - clock.moment).total_seconds())
        assert resend_stuck_deliveries() == 0
        clock.moment = view.due_at
        assert resend_stuck_deliveries() == 1
    assert 180 <= waits[0] <= 300
    assert 720 <= waits[1] <= 1200
    assert deliver_webhook(delivery_id) == "delivered"
    view = shop.last()
    assert (view.status, view.attempts, view.answer, view.reason) == ("delivered", 3, 204, "")
    assert len({came.headers["X-MockupAWS-Delivery"] for came in hook.posts}) == 1
    assert len({came.body for came in hook.posts}) == 1
    assert len({came.headers["X-MockupAWS-Signature"] for came in hook.posts}) == 3, "each try is signed anew"


def test_after_six_tries_within_about_a_day_it_is_given_up_with_its_reason(
    clock: Clock, shop: Shop, hook: Receiver
) -> None:
    hook.answers = [500] * 9
    delivery_id, begun = shop.pass_budget(), clock.moment
    while deliver_webhook(delivery_id) == "delayed":
        clock.moment = shop.last().due_at
    view = shop.last()
    assert (view.status, view.attempts, len(hook.posts)) == ("failed", 6, 6)
    assert (view.answer, view.reason) == (500, "The server answered 500.")
    assert timedelta(hours=16) < clock.moment - begun < timedelta(hours=30)
    clock.advance(days=1)
    assert resend_stuck_deliveries() == 0


def test_waits_grow_and_are_never_all_the_same() -> None:
    assert len({webhook_wait_s(2) for _ in range(20)}) > 1
    assert sum(240 * 4**n for n in range(TRIES["budget.passed"] - 1)) < 24 * 3600


def test_an_address_that_turned_private_is_refused_at_once_and_for_good(
    app: Flask, shop: Shop, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "webhook_rules", lambda: Rules(allows_http=True))
    delivery_id = shop.pass_budget()
    assert deliver_webhook(delivery_id) == "failed"
    view = shop.last()
    assert (view.status, view.answer, view.attempts) == ("failed", None, 1)
    assert "private or reserved network" in view.reason
    assert hook.posts == []


def test_a_lost_job_and_a_dead_worker_are_made_good(
    clock: Clock, shop: Shop, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery_id = shop.pass_budget()
    clock.advance(seconds=QUEUED_TOO_LONG.total_seconds() + 1)
    assert resend_stuck_deliveries() == 1
    with monkeypatch.context() as power_cut:
        power_cut.setattr(webhooks._Claim, "release", _power_cut)
        with pytest.raises(KeyboardInterrupt):
            deliver_webhook(delivery_id)
    assert deliver_webhook(delivery_id) == "nothing", "its worker may be alive"
    clock.advance(seconds=STALE.total_seconds() + 1)
    assert resend_stuck_deliveries() == 1
    assert deliver_webhook(delivery_id) == "delivered"
    assert hook.posts[0].body == hook.posts[1].body, "a second copy is recognised by its id"


def _power_cut(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_with_the_queue_away_the_post_waits_for_it(shop: Shop, queue: RecordingDispatcher) -> None:
    queue.away = True
    shop.pass_budget()
    shop.test()
    assert resend_stuck_deliveries() == 2
    queue.away = False
    assert resend_stuck_deliveries() == 2
    assert [job for job, _ in queue.sent[-2:]] == [DELIVER_WEBHOOK] * 2
    assert resend_stuck_deliveries() == 0, "their jobs are on their way"


def test_a_check_that_fails_posts_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_half_way() -> None:
        with unit_of_work():
            check_budget(shop.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert list_deliveries(shop.owner_id, shop.id) == ()


def test_a_test_is_signed_tried_once_and_limited(shop: Shop, hook: Receiver) -> None:
    hook.answers = [500]
    delivery_id = shop.test()
    assert deliver_webhook(delivery_id) == "failed"
    assert _is_signed(shop.secret, hook.posts[0].headers, hook.posts[0].body)
    assert json.loads(hook.posts[0].body)["event"] == "budget.test"
    for _ in range(MAX_TESTS):
        shop.test()
    with pytest.raises(Conflict, match="still waiting"):
        shop.test()


def test_without_an_address_nothing_is_posted_and_nothing_can_be_tested(ada: UUID) -> None:
    shop = Shop(ada, "")
    assert check(shop.id) == (50, 80)
    assert list_deliveries(ada, shop.id) == ()
    with pytest.raises(Conflict, match="no webhook to test"):
        shop.test()


def test_what_waits_for_an_address_that_was_changed_is_ended(shop: Shop, hook: Receiver) -> None:
    delivery_id = shop.pass_budget()
    give_budget(shop.owner_id, shop.id, "100", url=hook.url + "/2")
    assert deliver_webhook(delivery_id) == "nothing"
    assert shop.last().reason == "The address was changed before this was delivered."
    assert hook.posts == []


def test_a_secret_of_another_secret_key_says_what_to_do(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_signing, "_safe", lambda: Fernet(Fernet.generate_key()))
    assert deliver_webhook(shop.pass_budget()) == "failed"
    assert "another SECRET_KEY" in shop.last().reason


def test_the_log_keeps_the_newest_fifty(shop: Shop, hook: Receiver) -> None:
    for _ in range(KEPT + 5):
        deliver_webhook(shop.test())
    log = list_deliveries(shop.owner_id, shop.id)
    assert len(log) == KEPT
    assert len(db.session.scalars(select(WebhookDelivery.id)).all()) == KEPT


def test_a_stranger_sees_no_log_and_tests_nothing(shop: Shop) -> None:
    with pytest.raises(NotFound):
        list_deliveries(uuid4(), shop.id)
    with pytest.raises(NotFound), unit_of_work():
        send_test(uuid4(), shop.id)


def test_neither_address_nor_secret_is_in_a_log_line_or_the_audit(
    shop: Shop, hook: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    hook.answers = [500] * 9
    caplog.set_level("DEBUG")
    deliver_webhook(shop.test())
    said = " ".join(db.session.scalars(select(AuditEntry.details)))
    for told in (said, caplog.text):
        assert shop.secret not in told
        assert "/hook" not in told
