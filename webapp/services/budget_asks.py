"""When a budget is looked at: after what may have moved its bill, in a job, at most about once a minute.

A wish for a check is a mark on the budget's row, made in the transaction of the change. So none is lost
whatever happens to the queue, and a thousand batches of events a minute ask for one check.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from webapp.domain.activities import Activity, BudgetSet, EventsIngested, ScenarioUpdated
from webapp.domain.errors import Unavailable
from webapp.domain.jobs import CHECK_BUDGET
from webapp.infra import jobs
from webapp.infra.clock import now
from webapp.infra.db import after_commit, db
from webapp.models.budget import Budget
from webapp.models.catalog import Catalog

#: A bill looked at in this time waits for the schedule.
PAUSE = timedelta(minutes=1)
#: A wish this old has lost its job, or waited for the pause to end.
LOST = timedelta(seconds=30)
#: Bills move by themselves too: a price that begins on a day, a month that ends.
AT_LEAST_EVERY = timedelta(hours=6)
#: Most checks asked for by one look.
_A_LOOK = 500
_log = logging.getLogger(__name__)


def note_what_happened(activity: Activity) -> None:
    """Ask for a check if `activity` may have moved a bill that has a budget."""
    if isinstance(activity, ScenarioUpdated | EventsIngested | BudgetSet):
        _ask(activity.scenario_id)


def ask_for_due_checks() -> int:
    """Send the checks that are due; how many. One too many is harmless."""
    due = select(Budget.scenario_id).where(_is_due()).order_by(Budget.checked_at).limit(_A_LOOK)
    found = db.session.scalars(due).all()
    after_commit(lambda: _hand_over(found))
    return len(found)


def _ask(scenario_id: UUID) -> None:
    moment = now()
    unasked = update(Budget).where(Budget.scenario_id == scenario_id, Budget.asked_at.is_(None))
    asked = db.session.execute(unasked.values(asked_at=moment).returning(Budget.checked_at)).one_or_none()
    if asked is not None and (asked.checked_at is None or asked.checked_at <= moment - PAUSE):
        after_commit(lambda: _hand_over([scenario_id]))


def _is_due() -> ColumnElement[bool]:
    """Asked for and forgotten; or looked at before the prices in use were, or a long time ago."""
    moment = now()
    never = Budget.checked_at.is_(None)
    forgotten = and_(Budget.asked_at <= moment - LOST, or_(never, Budget.checked_at <= moment - PAUSE))
    prices_at = select(func.max(Catalog.accepted_at)).where(Catalog.status == "accepted").scalar_subquery()
    return or_(forgotten, Budget.checked_at <= prices_at, Budget.checked_at <= moment - AT_LEAST_EVERY)


def _hand_over(scenario_ids: Sequence[UUID]) -> None:
    try:
        for scenario_id in scenario_ids:
            jobs.send(CHECK_BUDGET, str(scenario_id))
    except Unavailable:
        # The marks stay, and the schedule looks again.
        _log.warning("The job queue is away; checks of budgets wait for it")
