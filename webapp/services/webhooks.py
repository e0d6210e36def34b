"""Webhooks of budgets: events are rows of the transaction they tell of, signed and posted afterwards.

Posting commits by itself, because no transaction may stay open while somebody's server is waited for. One
worker at a time holds a delivery. A crash after the post and before the note sends it once more, with the
same id: receivers tell by it.
"""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from webapp import __version__
from webapp.domain.budgets import TRIES, DeliveryStatus, Event, webhook_wait_s
from webapp.domain.errors import Conflict, Unavailable
from webapp.domain.jobs import DELIVER_WEBHOOK
from webapp.domain.words import N_, phrase
from webapp.infra import jobs
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import after_commit, db, unit_of_work
from webapp.infra.webhook_post import Rules, WebhookFailed, WebhookRefused, post
from webapp.models.budget import Budget, WebhookDelivery
from webapp.services.scenarios import find_scenario, lock_scenario
from webapp.services.webhook_signing import opened_secret, signature

Outcome = Literal["delivered", "delayed", "failed", "nothing"]
#: Deliveries kept per scenario, the newest.
KEPT = 50
#: A delivery being sent for longer has lost its worker: no task may run this long.
STALE = timedelta(minutes=6)
#: A delivery still waiting this long after its job was sent has lost the job.
QUEUED_TOO_LONG = timedelta(minutes=5)
#: Tests of one webhook that may wait at a time.
MAX_TESTS = 3
_A_LOOK = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A post as the scenario's owner sees it. `answer` is an HTTP status, None without any."""

    id: UUID
    event: Event
    status: DeliveryStatus
    attempts: int
    answer: int | None
    duration_ms: int | None
    reason: str
    created_at: datetime
    due_at: datetime
    ended_at: datetime | None


def webhook_rules() -> Rules:
    """Where this installation may post to."""
    settings = current_settings()
    return Rules(settings.webhook_networks, settings.webhook_allow_http)


def tell_webhook(budget: Budget, event: Event, facts: dict[str, object]) -> UUID | None:
    """Post `facts` to the budget's webhook once the unit of work commits; the delivery, if there is any."""
    if not budget.webhook_url:
        return None
    moment, delivery_id = now(), uuid4()
    body = {"event": event, "id": str(delivery_id), **facts, "at": moment.isoformat()}
    db.session.add(
        WebhookDelivery(
            id=delivery_id,
            scenario_id=budget.scenario_id,
            event=event,
            url=budget.webhook_url,
            body=json.dumps(body),
            queued_at=moment,
        )
    )
    db.session.flush()
    _forget_old(budget.scenario_id)
    after_commit(lambda: _hand_over([delivery_id]))
    return delivery_id


def send_test(owner_id: UUID, scenario_id: UUID) -> DeliveryView:
    """Post a test event, tried once. Raises NotFound; Conflict without a webhook and while tests wait."""
    scenario = lock_scenario(owner_id, scenario_id)
    budget = db.session.get(Budget, scenario_id, populate_existing=True)
    if budget is None or not budget.webhook_url:
        raise Conflict(phrase(N_("There is no webhook to test. Set a budget with a webhook address first.")))
    waiting = select(func.count()).where(
        WebhookDelivery.scenario_id == scenario_id,
        WebhookDelivery.event == "budget.test",
        WebhookDelivery.ended_at.is_(None),
    )
    if (db.session.scalar(waiting) or 0) >= MAX_TESTS:
        raise Conflict(phrase(N_("The tests asked for before are still waiting. Look at them first.")))
    facts: dict[str, object] = {"scenario_id": str(scenario_id), "scenario_name": scenario.name}
    delivery_id = tell_webhook(budget, "budget.test", facts)
    return _view(db.session.get_one(WebhookDelivery, delivery_id))


def list_deliveries(owner_id: UUID, scenario_id: UUID) -> tuple[DeliveryView, ...]:
    """The newest KEPT posts, newest first. Raises NotFound for a stranger's scenario."""
    find_scenario(owner_id, scenario_id)
    log = select(WebhookDelivery).where(WebhookDelivery.scenario_id == scenario_id)
    newest = log.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id).limit(KEPT)
    return tuple(_view(row) for row in db.session.scalars(newest))


def end_webhook(scenario_id: UUID) -> None:
    """The address changes: what has not been delivered yet stays undelivered."""
    waiting = update(WebhookDelivery).where(
        WebhookDelivery.scenario_id == scenario_id, WebhookDelivery.ended_at.is_(None)
    )
    reason = "The address was changed before this was delivered."
    db.session.execute(
        waiting.values(status="failed", reason=reason, ended_at=now(), claim=None, claimed_at=None)
    )


def deliver_webhook(delivery_id: UUID) -> Outcome:
    """Post one delivery if it waits and is due. "nothing": it is over, not due, or another worker has it."""
    claim = _claim(delivery_id)
    if claim is None:
        return "nothing"
    began_s = time.perf_counter()
    try:
        answer = _post(claim)
    except WebhookRefused as refusal:
        return _fail(claim, began_s, str(refusal))
    except WebhookFailed as failure:
        return _delay(claim, began_s, failure.reason, failure.status)
    except Exception as error:  # also when the job runs out of time
        _log.exception("Webhook %s could not be posted", delivery_id)
        return _delay(claim, began_s, f"Something went wrong here: {type(error).__name__}", None)
    claim.release(began_s, status="delivered", answer=answer, reason="", ended_at=now())
    return "delivered"


def resend_stuck_deliveries() -> int:
    """Hand over again the deliveries that are due and whose job is not on its way; how many."""
    moment = now()
    no_job = or_(
        WebhookDelivery.queued_at.is_(None),
        WebhookDelivery.queued_at < WebhookDelivery.due_at,
        WebhookDelivery.queued_at < moment - QUEUED_TOO_LONG,
    )
    in_vain = and_(WebhookDelivery.status == "waiting", WebhookDelivery.due_at <= moment, no_job)
    stuck = select(WebhookDelivery.id).where(or_(in_vain, _is_abandoned()))
    with unit_of_work():
        found = db.session.scalars(stuck.order_by(WebhookDelivery.due_at).limit(_A_LOOK)).all()
        again = update(WebhookDelivery).where(WebhookDelivery.id.in_(found))
        db.session.execute(again.values(queued_at=moment))
    _hand_over(found)
    return len(found)


@dataclass(frozen=True, slots=True)
class _Claim:
    """The right to make one try, and what is needed for it."""

    delivery_id: UUID
    token: UUID
    event: Event
    attempts: int
    url: str
    body: bytes
    locked_secret: str

    def release(self, began_s: float, **values: object) -> None:
        """Note what came of the try, unless the delivery was taken over or ended meanwhile."""
        held = and_(WebhookDelivery.id == self.delivery_id, WebhookDelivery.claim == self.token)
        duration_ms = round((time.perf_counter() - began_s) * 1000)
        with unit_of_work():
            db.session.execute(
                update(WebhookDelivery)
                .where(held)
                .values(claim=None, claimed_at=None, duration_ms=duration_ms, **values)
            )


def _claim(delivery_id: UUID) -> _Claim | None:
    """Take the delivery if it is due, or if the worker that had it is gone. One statement decides."""
    token, moment = uuid4(), now()
    is_due = and_(WebhookDelivery.status == "waiting", WebhookDelivery.due_at <= moment)
    free = and_(WebhookDelivery.id == delivery_id, or_(is_due, _is_abandoned()))
    taken = {"status": "sending", "claim": token, "claimed_at": moment}
    with unit_of_work():
        statement = update(WebhookDelivery).where(free)
        mine = statement.values(attempts=WebhookDelivery.attempts + 1, **taken).returning(WebhookDelivery.id)
        if db.session.scalar(mine) is None:
            return None
        row = db.session.get_one(WebhookDelivery, delivery_id, populate_existing=True)
        budget = db.session.get_one(Budget, row.scenario_id)
        return _Claim(
            delivery_id,
            token,
            cast(Event, row.event),
            row.attempts,
            row.url,
            row.body.encode(),
            budget.webhook_secret or "",
        )


def _is_abandoned() -> ColumnElement[bool]:
    return and_(WebhookDelivery.status == "sending", WebhookDelivery.claimed_at < now() - STALE)


def _post(claim: _Claim) -> int:
    headers = {
        "User-Agent": f"mockupAWS/{__version__}",
        "X-MockupAWS-Delivery": str(claim.delivery_id),
        "X-MockupAWS-Signature": signature(opened_secret(claim.locked_secret), now(), claim.body),
    }
    return post(claim.url, claim.body, headers, webhook_rules())


def _delay(claim: _Claim, began_s: float, reason: str, answer: int | None) -> Outcome:
    if claim.attempts >= TRIES[claim.event]:
        return _fail(claim, began_s, reason, answer)
    due_at = now() + timedelta(seconds=webhook_wait_s(claim.attempts))
    claim.release(began_s, status="waiting", due_at=due_at, answer=answer, reason=reason)
    return "delayed"


def _fail(claim: _Claim, began_s: float, reason: str, answer: int | None = None) -> Outcome:
    _log.warning("Webhook %s (%s) is given up", claim.delivery_id, claim.event)
    claim.release(began_s, status="failed", answer=answer, reason=reason, ended_at=now())
    return "failed"


def _hand_over(delivery_ids: Sequence[UUID]) -> None:
    """Give the jobs to the queue; while that is away, the next look at what is stuck does it."""
    handed_over = 0
    try:
        for delivery_id in delivery_ids:
            jobs.send(DELIVER_WEBHOOK, str(delivery_id))
            handed_over += 1
    except Unavailable:
        unsent = update(WebhookDelivery).where(WebhookDelivery.id.in_(delivery_ids[handed_over:]))
        with unit_of_work():
            db.session.execute(unsent.values(queued_at=None))


def _forget_old(scenario_id: UUID) -> None:
    """Keep the newest; what is still to be delivered stays however old."""
    log = WebhookDelivery.scenario_id == scenario_id
    newest = select(WebhookDelivery.id).where(log)
    newest = newest.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id).limit(KEPT)
    old = and_(log, WebhookDelivery.ended_at.is_not(None), WebhookDelivery.id.not_in(newest))
    db.session.execute(delete(WebhookDelivery).where(old).execution_options(synchronize_session=False))


def _view(row: WebhookDelivery) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        event=cast(Event, row.event),
        status=cast(DeliveryStatus, row.status),
        attempts=row.attempts,
        answer=row.answer,
        duration_ms=row.duration_ms,
        reason=row.reason,
        created_at=row.created_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
    )
