"""What happened, said once: audit entry and staleness join the transaction, counts wait for its end."""

import logging
from uuid import UUID

from webapp.domain.activities import (
    AccountChangedByAdmin,
    AccountRegistered,
    Activity,
    AuditPruned,
    BudgetPassed,
    EventsIngested,
    KeyCreated,
    KeyFirstUsed,
    KeyRevoked,
    MailRead,
    PasswordChanged,
    PasswordResetRequested,
    PricesAccepted,
    RecoveryCodesRenewed,
    ReportCancelled,
    ReportCompleted,
    ReportDeleted,
    ReportDownloaded,
    ReportFailed,
    ReportRequested,
    ScenarioShared,
    SecondFactorDisabled,
    SecondFactorEnabled,
    SessionsRevoked,
    ShareLinkRevoked,
    SignedIn,
    SignInRefused,
)
from webapp.infra import metrics
from webapp.infra.caller import current_caller
from webapp.infra.db import after_commit
from webapp.services.audit import append
from webapp.services.budget_asks import note_what_happened
from webapp.services.caching import PRICES, ask_for_warming, forget, owner_tag, scenario_tag
from webapp.services.identities import recent_identities

#: Who may do what, and who tried: told on a logger of its own too. SuspiciousInput has a fuller line there.
_SECURITY = (
    AccountChangedByAdmin,
    AccountRegistered,
    AuditPruned,
    KeyCreated,
    KeyRevoked,
    MailRead,
    PasswordChanged,
    PasswordResetRequested,
    RecoveryCodesRenewed,
    ScenarioShared,
    SecondFactorDisabled,
    SecondFactorEnabled,
    SessionsRevoked,
    ShareLinkRevoked,
    SignedIn,
    SignInRefused,
)
_security = logging.getLogger("webapp.security")

#: What no kept read shows: keys, share links and reports have pages that are read anew, and a budget counts
#: as passed by the bill beside it. Any other activity of an account makes stale what is kept of that account.
_SHOWN_NOWHERE_KEPT = (
    BudgetPassed,
    KeyCreated,
    KeyFirstUsed,
    KeyRevoked,
    ReportCancelled,
    ReportCompleted,
    ReportDeleted,
    ReportDownloaded,
    ReportFailed,
    ReportRequested,
    ScenarioShared,
    ShareLinkRevoked,
)


def record(activity: Activity) -> None:
    """Say that `activity` happened, inside the unit of work that made it happen.

    When that unit of work fails, nothing has happened and nothing is recorded.
    """
    # First: the row it marks is locked before the end of the audit is, by everybody in this order.
    note_what_happened(activity)
    append(activity)
    if not isinstance(activity, _SHOWN_NOWHERE_KEPT):
        _forget_what_shows(activity)
    if isinstance(activity, PricesAccepted):
        forget(PRICES)
        after_commit(ask_for_warming)
    if isinstance(activity, AccountChangedByAdmin | KeyRevoked):
        after_commit(recent_identities.forget_all)
    after_commit(lambda: _count(activity))
    if isinstance(activity, _SECURITY):
        after_commit(lambda: _tell(activity))


def _forget_what_shows(activity: Activity) -> None:
    """The account's tag first: two who change several of its scenarios wait there, not for each other."""
    owner_id, scenario_id = getattr(activity, "owner_id", None), getattr(activity, "scenario_id", None)
    if isinstance(owner_id, UUID):
        forget(owner_tag(owner_id))
        if isinstance(scenario_id, UUID):
            forget(scenario_tag(owner_id, scenario_id))


def _tell(activity: Activity) -> None:
    """One line without a person's words; the audit has the rest, under the same correlation id."""
    caller = current_caller()
    if caller.via == "command":
        return  # its log is the terminal of whoever typed it
    account = getattr(activity, "account_id", None) or getattr(activity, "owner_id", None) or "nobody"
    _security.log(
        logging.WARNING if isinstance(activity, SignInRefused) else logging.INFO,
        "%s: account %s, by %s from %s",
        type(activity).__name__,
        account,
        caller,
        caller.address or "nowhere",
        extra={"event": type(activity).__name__, "account": str(account), "reason": _reason(activity)},
    )


def _reason(activity: Activity) -> str:
    """Why or how, one of our own words; empty where nothing is said."""
    return str(getattr(activity, "reason", "") or getattr(activity, "how", ""))


def _count(activity: Activity) -> None:
    """What operators watch."""
    match activity:
        case EventsIngested(accepted=events, bytes=size):
            metrics.events_ingested(events)
            metrics.bytes_ingested(size)
        case ReportCompleted():
            metrics.reports_finished(status="completed")
        case ReportFailed():
            metrics.reports_finished(status="failed")
        case SignedIn():
            metrics.sign_ins(outcome="let-in")
        case SignInRefused():
            metrics.sign_ins(outcome="refused")
        case _:
            pass
