"""Every job by its name and queue. The web side sends them by name; `tasks` registers one task for each."""

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

JOBS: tuple[Job, ...] = (RENDER_REPORT, RESEND_REPORTS, SWEEP_REPORTS, REFRESH_PRICES)
