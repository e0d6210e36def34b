"""Mails: the kinds there are, what each needs, and how long one is worth sending."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import random
from typing import Literal

from webapp.domain.words import N_

MailStatus = Literal["waiting", "sending", "sent", "failed"]
STATUSES: Mapping[MailStatus, str] = {
    "waiting": N_("Waiting"),
    "sending": N_("Being sent"),
    "sent": N_("Sent"),
    "failed": N_("Failed"),
}


@dataclass(frozen=True, slots=True)
class MailKind:
    """One kind of mail; its bodies are `templates/mail/<name>.txt` and `.html`.

    `subject` is a msgid with %(name)s places. `values` are what the templates need, `link` a whole address.
    A body whose link opens something (`opens`) is a key: it is emptied as soon as the mail is over.
    After `useful_for` an unsent mail is given up.
    """

    subject: str
    values: tuple[str, ...] = ("link",)
    opens: bool = False
    useful_for: timedelta = timedelta(days=1)


#: By name. The value `change` of "second-factor-changed" is one of SECOND_FACTOR_CHANGES, `figure` of
#: "budget-passed" one of domain.budgets.FIGURES.
KINDS: Mapping[str, MailKind] = {
    "confirm": MailKind(N_("Confirm your e-mail address"), opens=True),
    "welcome": MailKind(N_("Welcome to mockupAWS")),
    "reset": MailKind(N_("Choose a new password"), opens=True, useful_for=timedelta(hours=1)),
    "password-changed": MailKind(N_("Your password was changed")),
    "already-registered": MailKind(N_("You already have an account")),
    "second-factor-changed": MailKind(N_("Your second factor was changed"), ("link", "change")),
    "budget-passed": MailKind(
        N_("%(threshold)s %% of the budget reached: %(scenario)s"),
        ("link", "scenario", "threshold", "figure", "amount", "total", "unpriced"),
    ),
    "report-ready": MailKind(N_("Report ready: %(scenario)s"), ("link", "scenario", "format")),
}
SECOND_FACTOR_CHANGES: tuple[str, ...] = ("enabled", "disabled", "recovery-codes")

#: A mail being sent for longer has lost its worker: no task may run this long.
STALE = timedelta(minutes=6)
#: A mail still waiting this long after its job was sent has lost the job. Long enough for a burst of mails to
#: pass: every job too many is one more in the queue. A queue that refused a job is asked again at once.
QUEUED_TOO_LONG = timedelta(minutes=5)
#: Mails that are over, and the files of those written as files, are kept this long.
KEPT = timedelta(days=90)

_FIRST_WAIT_S, _LONGEST_WAIT_S = 30.0, 3_600.0


def wait_s(attempts: int) -> float:
    """Seconds to wait after the `attempts`-th refusal: 30 s, doubled each time, at most an hour, give or take
    a quarter, so that a mail server that comes back is not met by everybody at once."""
    doubled = min(_FIRST_WAIT_S * 2.0 ** min(attempts - 1, 10), _LONGEST_WAIT_S)
    return doubled * (0.75 + random() / 2)  # noqa: S311 - spreads load, keeps no secret
