"""What can happen, in the past tense. A service says it once, with `services.activities.record`.

Every field becomes part of the audit entry, so none holds a password, a secret, a token or a whole document.
A field named `subject_id` or the first field ending in `_id` is what the activity is about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Activity:
    """Base of everything that is recorded. Its name in the audit is the class name: `ScenarioCreated`."""


# Accounts and signing in


@dataclass(frozen=True, slots=True)
class AccountRegistered(Activity):
    account_id: UUID
    email: str


@dataclass(frozen=True, slots=True)
class EmailConfirmed(Activity):
    account_id: UUID


@dataclass(frozen=True, slots=True)
class SignedIn(Activity):
    """`method`: "password", "totp" or "recovery-code"; `session_kind`: "web" or "api"."""

    account_id: UUID
    session_id: UUID
    method: str
    session_kind: str


@dataclass(frozen=True, slots=True)
class SignInRefused(Activity):
    """`account_id` is None for an address nobody has; `reason`: "unknown", "password", "totp", "locked"..."""

    account_id: UUID | None
    email_hash: str
    reason: str


@dataclass(frozen=True, slots=True)
class SignedOut(Activity):
    account_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class SessionsRevoked(Activity):
    """`reason`: "everywhere", "one", "password-changed", "refresh-token-reused", "admin"..."""

    account_id: UUID
    sessions: int
    reason: str


@dataclass(frozen=True, slots=True)
class PasswordChanged(Activity):
    """`how`: "changed", "reset" or "command"."""

    account_id: UUID
    how: str


@dataclass(frozen=True, slots=True)
class PasswordResetRequested(Activity):
    """`account_id` is None for an address nobody has."""

    account_id: UUID | None
    email_hash: str


@dataclass(frozen=True, slots=True)
class SecondFactorEnabled(Activity):
    account_id: UUID


@dataclass(frozen=True, slots=True)
class SecondFactorDisabled(Activity):
    account_id: UUID


@dataclass(frozen=True, slots=True)
class RecoveryCodesRenewed(Activity):
    account_id: UUID


# API keys


@dataclass(frozen=True, slots=True)
class KeyCreated(Activity):
    key_id: UUID
    owner_id: UUID
    name: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyRevoked(Activity):
    key_id: UUID
    owner_id: UUID


@dataclass(frozen=True, slots=True)
class KeyFirstUsed(Activity):
    key_id: UUID
    owner_id: UUID


# Scenarios


@dataclass(frozen=True, slots=True)
class ScenarioCreated(Activity):
    scenario_id: UUID
    owner_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ScenarioUpdated(Activity):
    """`changes`: {field: [before, after]} of what became different, long values shortened."""

    scenario_id: UUID
    owner_id: UUID
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScenarioDeleted(Activity):
    scenario_id: UUID
    owner_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ScenarioShared(Activity):
    link_id: UUID
    scenario_id: UUID
    owner_id: UUID


@dataclass(frozen=True, slots=True)
class ShareLinkRevoked(Activity):
    link_id: UUID
    scenario_id: UUID
    owner_id: UUID


@dataclass(frozen=True, slots=True)
class EventsIngested(Activity):
    """One batch: counts and bytes only, never an event."""

    scenario_id: UUID
    owner_id: UUID
    accepted: int
    rejected: int
    bytes: int


# Budgets


@dataclass(frozen=True, slots=True)
class BudgetSet(Activity):
    """`amount_usd` a month, as text; `figure`: "expected" or "high". The address itself may be a key."""

    scenario_id: UUID
    owner_id: UUID
    amount_usd: str
    figure: str
    has_webhook: bool


@dataclass(frozen=True, slots=True)
class BudgetRemoved(Activity):
    scenario_id: UUID
    owner_id: UUID


@dataclass(frozen=True, slots=True)
class BudgetPassed(Activity):
    """The bill reached `threshold` percent of the budget."""

    scenario_id: UUID
    owner_id: UUID
    threshold: int
    amount_usd: str
    total_usd: str


# Reports


@dataclass(frozen=True, slots=True)
class ReportRequested(Activity):
    report_id: UUID
    scenario_id: UUID
    owner_id: UUID
    format: str


@dataclass(frozen=True, slots=True)
class ReportCompleted(Activity):
    report_id: UUID
    scenario_id: UUID
    owner_id: UUID


@dataclass(frozen=True, slots=True)
class ReportFailed(Activity):
    report_id: UUID
    scenario_id: UUID
    owner_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class ReportCancelled(Activity):
    report_id: UUID
    scenario_id: UUID
    owner_id: UUID


@dataclass(frozen=True, slots=True)
class ReportDeleted(Activity):
    report_id: UUID
    scenario_id: UUID
    owner_id: UUID


@dataclass(frozen=True, slots=True)
class ReportDownloaded(Activity):
    report_id: UUID
    scenario_id: UUID
    owner_id: UUID


# Prices, administration, suspicion


@dataclass(frozen=True, slots=True)
class PricesAccepted(Activity):
    catalog: str


@dataclass(frozen=True, slots=True)
class PricesRefused(Activity):
    catalog: str


@dataclass(frozen=True, slots=True)
class AccountChangedByAdmin(Activity):
    """`changes`: {"plan": ["free", "premium"]}; also role, disabled, confirmed."""

    account_id: UUID
    changes: Mapping[str, tuple[object, object]]


@dataclass(frozen=True, slots=True)
class PriceRefreshRequested(Activity):
    """An administrator asked for it by hand."""


@dataclass(frozen=True, slots=True)
class JobSentAgain(Activity):
    """A job that had failed for good."""

    letter_id: UUID
    job: str


@dataclass(frozen=True, slots=True)
class FailedJobForgotten(Activity):
    letter_id: UUID
    job: str


@dataclass(frozen=True, slots=True)
class MailSentAgain(Activity):
    mail_id: UUID
    kind: str
    recipient: str


@dataclass(frozen=True, slots=True)
class MailRead(Activity):
    """An administrator has seen what a mail says, and with it the links in it."""

    mail_id: UUID
    kind: str
    recipient: str


@dataclass(frozen=True, slots=True)
class CacheEmptied(Activity):
    tier: str
    values: int
    pattern: str


@dataclass(frozen=True, slots=True)
class AuditPruned(Activity):
    first: int
    last: int
    archive: str


@dataclass(frozen=True, slots=True)
class SuspiciousInput(Activity):
    """`patterns`: names of what was recognised; `where`: path and field, never the text itself."""

    patterns: tuple[str, ...]
    where: str
