"""Every job by its name and queue. The web side sends them by name; `tasks` registers one task for each."""

from collections.abc import Mapping
from dataclasses import dataclass

#: Queues a worker serves, in the order it looks at them.
QUEUES: tuple[str, ...] = ("priority", "reports", "emails", "default", "cleanup", "prices")


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work for the worker. `name` is `room.verb`; `queue` is one of QUEUES."""

    name: str
    queue: str


#: Makes the file of one report. Argument: the report's id as text.
RENDER_REPORT = Job("reports.render", "reports")
#: Sends again what was asked for and never finished. No argument.
RESEND_REPORTS = Job("reports.resend", "priority")
#: Removes report files nobody can ask for any more. No argument.
SWEEP_REPORTS = Job("reports.sweep", "cleanup")

#: Reads what changed in the AWS Price List, a few minutes at a time. No argument.
REFRESH_PRICES = Job("prices.refresh", "prices")

#: Sends one mail. Argument: the mail's id as text.
DELIVER_MAIL = Job("mails.deliver", "emails")
#: Hands over again the mails whose job got lost, or whose next try is due. No argument.
RESEND_MAILS = Job("mails.resend", "priority")
#: Removes mails that are long over. No argument.
SWEEP_MAILS = Job("mails.sweep", "cleanup")

#: Signs how far the audit has come. No argument.
CHECKPOINT_AUDIT = Job("audit.checkpoint", "priority")
#: Moves audit entries older than the retention into archives. No argument.
PRUNE_AUDIT = Job("audit.prune", "cleanup")

#: Removes sessions, mailed links and counters of tries that are over. No argument.
SWEEP_SESSIONS = Job("sessions.sweep", "cleanup")

#: Removes answers kept for repeated requests that are too old to be asked for. No argument.
FORGET_REQUESTS = Job("requests.forget", "cleanup")
#: Removes revisions of cached values that nobody can have any more. No argument.
SWEEP_CACHE = Job("cache.sweep", "cleanup")
#: Puts into the cache what is asked for first. No argument.
WARM_CACHE = Job("cache.warm", "default")
#: Looks whether every part is there and says so when one went or came back. No argument.
CHECK_HEALTH = Job("health.check", "priority")

#: Looks whether a bill has passed its budget. Argument: the scenario's id as text.
CHECK_BUDGET = Job("budgets.check", "default")
#: Asks for the checks that are due: bills that moved meanwhile, new prices, lost jobs. No argument.
RECHECK_BUDGETS = Job("budgets.recheck", "priority")
#: Posts one event to a webhook. Argument: the delivery's id as text.
DELIVER_WEBHOOK = Job("webhooks.deliver", "default")
#: Hands over again the posts whose job got lost, or whose next try is due. No argument.
RESEND_WEBHOOKS = Job("webhooks.resend", "priority")

JOBS: tuple[Job, ...] = (
    RENDER_REPORT,
    RESEND_REPORTS,
    SWEEP_REPORTS,
    REFRESH_PRICES,
    DELIVER_MAIL,
    RESEND_MAILS,
    SWEEP_MAILS,
    CHECKPOINT_AUDIT,
    PRUNE_AUDIT,
    SWEEP_SESSIONS,
    FORGET_REQUESTS,
    SWEEP_CACHE,
    WARM_CACHE,
    CHECK_HEALTH,
    CHECK_BUDGET,
    RECHECK_BUDGETS,
    DELIVER_WEBHOOK,
    RESEND_WEBHOOKS,
)

_MINUTE_S, _HOUR_S, _DAY_S = 60.0, 3_600.0, 86_400.0
#: What happens by itself: seconds between two runs. What looks for lost reports bounds, with
#: domain.reports.STALE, the wait after a killed worker; what an attacker can cut off the audit unseen is at
#: most as old as its checkpoint.
EVERY_S: Mapping[Job, float] = {
    RESEND_REPORTS: 10.0,
    RESEND_MAILS: 30.0,
    RECHECK_BUDGETS: 30.0,
    RESEND_WEBHOOKS: 30.0,
    CHECKPOINT_AUDIT: _MINUTE_S,
    CHECK_HEALTH: _MINUTE_S,
    SWEEP_SESSIONS: _HOUR_S,
    SWEEP_CACHE: _HOUR_S,
    FORGET_REQUESTS: _HOUR_S,
    SWEEP_REPORTS: 6 * _HOUR_S,
    SWEEP_MAILS: 6 * _HOUR_S,
    PRUNE_AUDIT: _DAY_S,
    REFRESH_PRICES: _DAY_S,
}


def job_named(name: str) -> Job:
    """The job called `name`. Raises KeyError."""
    return {job.name: job for job in JOBS}[name]
