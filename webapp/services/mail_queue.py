"""How a mail gets to a worker: it stands in line while a minute is full, and its job is sent again if lost.

A mail that waits for its turn has no message in the broker: it stands in line in the database (`queued_at` is
NULL), and those due first are handed over as turns come free. So a long line costs one look.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from webapp.domain.errors import Unavailable
from webapp.domain.jobs import DELIVER_MAIL, EVERY_S, RESEND_MAILS
from webapp.domain.mails import QUEUED_TOO_LONG
from webapp.infra import jobs
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import after_commit, db, unit_of_work
from webapp.infra.turns import turns
from webapp.models.mail import Mail
from webapp.services.mail_delivery import is_abandoned

#: Most mails handed over by one look.
_A_LOOK = 500
#: Seconds: turns that come before the next look are given away at this one, and a little more for its delay.
_AHEAD_S = EVERY_S[RESEND_MAILS] + 5
_log = logging.getLogger(__name__)


def take_mail_turn(mail_id: UUID) -> float | None:
    """Seconds until the mail may be sent, its turn now taken; None when nothing is to be done for it.

    None is for one that is over or not due, and for one that stands in line from now on: its job is sent when
    its turn comes. Those that were due earlier go first.
    """
    moment = now()
    with unit_of_work():
        mail = db.session.get(Mail, mail_id)
        if mail is None or mail.status not in ("waiting", "sending") or mail.due_at > moment:
            return None
        if mail.status == "sending":  # its worker has died, or works at it: the turn was taken then
            return 0.0
        earlier = select(Mail.id).where(_in_line(moment), Mail.due_at < mail.due_at).limit(1)
        is_behind = db.session.scalar(earlier) is not None
        limit = current_settings().mails_per_minute
        wait_s = None if is_behind else turns().take("mails", limit, _AHEAD_S)
        if wait_s != 0:
            waiting = and_(Mail.id == mail_id, Mail.status == "waiting")
            queued_at = None if wait_s is None else moment + timedelta(seconds=wait_s)
            db.session.execute(update(Mail).where(waiting).values(queued_at=queued_at))
        if is_behind:  # without a scheduler, too, those before it get on
            found = _leave_line(moment)
            after_commit(lambda: _send(found))
    return wait_s


def resend_stuck_mails() -> int:
    """Send the jobs of those whose turn comes, of what the queue lost, and of what a worker left; how many.

    One too many is harmless: a worker that cannot claim a mail leaves it alone.
    """
    moment = now()
    with unit_of_work():
        found = _take_lost(moment)
        found += _leave_line(moment)
    return _send(found)


def _in_line(moment: datetime) -> ColumnElement[bool]:
    """Due, and without a message: never sent, or sent for an earlier try."""
    no_message = or_(Mail.queued_at.is_(None), Mail.queued_at < Mail.due_at)
    return and_(Mail.status == "waiting", Mail.due_at <= moment, no_message)


def _take_lost(moment: datetime) -> list[UUID]:
    """Those whose message is gone, due first; noted as sent at `moment`.

    A message is not lost while one that is older still lies in the queue: it may only be behind that.
    """
    queue = jobs.queue_states().get(DELIVER_MAIL.queue)
    waits = timedelta(seconds=queue.oldest_s if queue is not None and queue.length else 0.0)
    is_lost = Mail.queued_at < moment - max(QUEUED_TOO_LONG, waits)
    lost = and_(Mail.status == "waiting", Mail.due_at <= moment, Mail.queued_at >= Mail.due_at, is_lost)
    stuck = select(Mail.id).where(or_(lost, is_abandoned())).order_by(Mail.due_at, Mail.id).limit(_A_LOOK)
    found = list(db.session.scalars(stuck))
    db.session.execute(update(Mail).where(Mail.id.in_(found)).values(queued_at=moment))
    return found


def _leave_line(moment: datetime) -> list[UUID]:
    """Those in line whose turn comes before the next look, due first; noted as sent at `moment`.

    Turns that are as good as taken are left out: by mails whose message has not been looked at yet.
    """
    on_their_way = and_(
        Mail.status == "waiting",
        Mail.due_at <= moment,
        Mail.queued_at >= Mail.due_at,
        Mail.queued_at <= moment,
    )
    free = turns().count_free("mails", current_settings().mails_per_minute, _AHEAD_S)
    free -= db.session.scalar(select(func.count()).where(on_their_way)) or 0
    if free <= 0:
        return []
    line = select(Mail.id).where(_in_line(moment)).order_by(Mail.due_at, Mail.id).limit(min(free, _A_LOOK))
    first = db.session.scalars(line).all()
    # Asked again whether it is in line: two looks at one time send it once.
    left = update(Mail).where(Mail.id.in_(first), _in_line(moment)).values(queued_at=moment)
    gone = set(db.session.scalars(left.returning(Mail.id)))
    return [mail_id for mail_id in first if mail_id in gone]


def _send(mail_ids: Sequence[UUID]) -> int:
    """How many the queue took; the others stand in line again."""
    for count, mail_id in enumerate(mail_ids):
        try:
            jobs.send(DELIVER_MAIL, str(mail_id))
        except Unavailable:
            _log.warning("The job queue is away; %s mails wait for it", len(mail_ids) - count)
            left = and_(Mail.id.in_(mail_ids[count:]), Mail.status == "waiting")
            with unit_of_work():
                db.session.execute(update(Mail).where(left).values(queued_at=None))
            return count
    return len(mail_ids)
