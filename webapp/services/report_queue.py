"""How a report gets to a worker: it stands in line while a minute is full, and its job is sent again if lost.

A report that waits for its turn has no message in the broker: it stands in line in the database (`sent_at` is
NULL), and the oldest are handed over as turns come free. A long line costs one look, and leaves nothing over.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select, update

from webapp.domain.errors import Unavailable
from webapp.domain.jobs import EVERY_S, RENDER_REPORT, RESEND_REPORTS
from webapp.domain.reports import QUEUE_IS_AWAY, QUEUED_TOO_LONG, STALE
from webapp.domain.words import N_
from webapp.infra import jobs
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import after_commit, db, unit_of_work
from webapp.infra.turns import turns
from webapp.models.report import Report

WAITS_ITS_TURN = N_(
    "Only so many reports are made in a minute. This one waits its turn and will be made by itself."
)
#: Seconds: turns that come before the next look are given away at this one, and a little more for its delay.
_AHEAD_S = EVERY_S[RESEND_REPORTS] + 5
_IN_LINE = and_(Report.status == "queued", Report.sent_at.is_(None))


def queue_report(report: Report) -> None:
    """Have the job sent after the commit, or note on the report that the queue is away."""
    if jobs.is_away():
        report.sent_at, report.notice = None, QUEUE_IS_AWAY
        db.session.flush()
        return
    report.sent_at, report.notice = now(), ""
    db.session.flush()
    report_id = report.id
    after_commit(lambda: _send([report_id]))


def take_report_turn(report_id: UUID) -> float | None:
    """Seconds until the report may be made, its turn now taken; None when nothing is to be done for it.

    None is for one that is over, and for one that stands in line from now on: its job is sent when its turn
    comes. Those asked for earlier go first.
    """
    with unit_of_work():
        report = db.session.get(Report, report_id)
        if report is None or report.status not in ("queued", "running"):
            return None
        if report.status == "running":  # its worker has died, or works at it: the turn was taken then
            return 0.0
        is_behind = _is_behind_others(report)
        limit = current_settings().reports_per_minute
        wait_s = None if is_behind else turns().take("reports", limit, _AHEAD_S)
        if wait_s != 0:
            _note_waiting(report_id, wait_s)
        if is_behind:  # without a scheduler, too, those before it get on
            _send_later(_leave_line(now()))
    return wait_s


def resend_stuck_reports() -> int:
    """Send the jobs of those whose turn comes, of what the queue lost, and of what a worker left; how many.

    Sending one too many is harmless: a worker that cannot claim a report leaves it alone.
    """
    moment = now()
    found = _take_lost(moment)
    if jobs.is_away():
        _note_queue_away(found)
        return 0
    found += _leave_line(moment)
    kept_up = and_(_IN_LINE, Report.notice == QUEUE_IS_AWAY)
    db.session.execute(update(Report).where(kept_up).values(notice=WAITS_ITS_TURN))
    _send_later(found)
    return len(found)


def _is_behind_others(report: Report) -> bool:
    earlier = select(Report.id).where(_IN_LINE, Report.requested_at < report.requested_at).limit(1)
    return db.session.scalar(earlier) is not None


def _note_waiting(report_id: UUID, wait_s: float | None) -> None:
    """Its job comes again after `wait_s`, or it stands in line."""
    waiting = and_(Report.id == report_id, Report.status == "queued")
    sent_at = None if wait_s is None else now() + timedelta(seconds=wait_s)
    db.session.execute(update(Report).where(waiting).values(sent_at=sent_at, notice=WAITS_ITS_TURN))


def _take_lost(moment: datetime) -> list[UUID]:
    """Those whose message is gone, oldest first; noted as sent at `moment`.

    A message is not lost while one that is older still lies in the queue: it may only be behind that.
    """
    queue = jobs.queue_states().get(RENDER_REPORT.queue)
    waits = timedelta(seconds=queue.oldest_s if queue is not None and queue.length else 0.0)
    lost = and_(Report.status == "queued", Report.sent_at < moment - max(QUEUED_TOO_LONG, waits))
    abandoned = and_(Report.status == "running", Report.heartbeat_at < moment - STALE)
    stuck = select(Report.id).where(or_(lost, abandoned)).order_by(Report.requested_at)
    found = list(db.session.scalars(stuck))
    db.session.execute(update(Report).where(Report.id.in_(found)).values(sent_at=moment, notice=""))
    return found


def _leave_line(moment: datetime) -> list[UUID]:
    """Those in line whose turn comes before the next look, oldest first; noted as sent at `moment`.

    Turns that are as good as taken are left out: by reports whose message has not been looked at yet.
    """
    on_their_way = and_(Report.status == "queued", Report.sent_at <= moment)
    free = turns().count_free("reports", current_settings().reports_per_minute, _AHEAD_S)
    free -= db.session.scalar(select(func.count()).where(on_their_way)) or 0
    if free <= 0:
        return []
    line = select(Report.id).where(_IN_LINE).order_by(Report.requested_at, Report.id).limit(free)
    first = db.session.scalars(line).all()
    notice = case((Report.notice == QUEUE_IS_AWAY, ""), else_=Report.notice)
    # Asked again whether it is in line: two looks at one time send it once.
    left = update(Report).where(Report.id.in_(first), _IN_LINE).values(sent_at=moment, notice=notice)
    gone = set(db.session.scalars(left.returning(Report.id)))
    return [report_id for report_id in first if report_id in gone]


def _send_later(report_ids: Sequence[UUID]) -> None:
    """After the commit: a worker may take a message up before it is noted here as sent."""
    if report_ids:
        after_commit(lambda: _send(report_ids))


def _send(report_ids: Sequence[UUID]) -> None:
    for count, report_id in enumerate(report_ids):
        try:
            jobs.send(RENDER_REPORT, str(report_id))
        except Unavailable:
            with unit_of_work():
                _note_queue_away(report_ids[count:])
            return


def _note_queue_away(report_ids: Sequence[UUID]) -> None:
    waiting = and_(Report.id.in_(report_ids), Report.status == "queued")
    db.session.execute(update(Report).where(waiting).values(sent_at=None, notice=QUEUE_IS_AWAY))
