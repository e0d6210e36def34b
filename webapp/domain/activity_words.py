"""What happened, in words: how every activity is called where people read the audit."""

import re

from webapp.domain.words import N_

#: Class name in domain.activities -> what people read.
ACTIVITY_WORDS: dict[str, str] = {
    "AccountRegistered": N_("Account registered"),
    "EmailConfirmed": N_("E-mail address confirmed"),
    "SignedIn": N_("Signed in"),
    "SignInRefused": N_("Sign-in refused"),
    "SignedOut": N_("Signed out"),
    "SessionsRevoked": N_("Sessions ended"),
    "PasswordChanged": N_("Password changed"),
    "PasswordResetRequested": N_("Password reset requested"),
    "SecondFactorEnabled": N_("Second factor switched on"),
    "SecondFactorDisabled": N_("Second factor switched off"),
    "RecoveryCodesRenewed": N_("Recovery codes renewed"),
    "KeyCreated": N_("API key created"),
    "KeyRevoked": N_("API key revoked"),
    "KeyFirstUsed": N_("API key used for the first time"),
    "ScenarioCreated": N_("Scenario created"),
    "ScenarioUpdated": N_("Scenario changed"),
    "ScenarioDeleted": N_("Scenario deleted"),
    "ScenarioShared": N_("Scenario shared by a link"),
    "ShareLinkRevoked": N_("Share link revoked"),
    "EventsIngested": N_("Events ingested"),
    "BudgetSet": N_("Budget set"),
    "BudgetRemoved": N_("Budget removed"),
    "BudgetPassed": N_("Budget threshold reached"),
    "ReportRequested": N_("Report requested"),
    "ReportCompleted": N_("Report completed"),
    "ReportFailed": N_("Report failed"),
    "ReportCancelled": N_("Report cancelled"),
    "ReportDeleted": N_("Report deleted"),
    "ReportDownloaded": N_("Report downloaded"),
    "PricesAccepted": N_("Prices accepted"),
    "PricesRefused": N_("Prices refused"),
    "AccountChangedByAdmin": N_("Account changed by an administrator"),
    "PriceRefreshRequested": N_("Price refresh requested"),
    "JobSentAgain": N_("Failed job sent again"),
    "FailedJobForgotten": N_("Failed job forgotten"),
    "MailSentAgain": N_("Mail sent again"),
    "MailRead": N_("Mail read by an administrator"),
    "CacheEmptied": N_("Cache emptied"),
    "AuditPruned": N_("Audit archived"),
    "SuspiciousInput": N_("Suspicious input"),
}
#: infra.caller.Via -> what people read.
VIA_WORDS: dict[str, str] = {
    "session": N_("browser"),
    "key": N_("API key"),
    "token": N_("access token"),
    "share": N_("share link"),
    "command": N_("command line"),
    "job": N_("job"),
    "visitor": N_("visitor"),
}
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def activity_words(name: str) -> str:
    """What people read for the activity `name`; one from an older release is spelled out."""
    return ACTIVITY_WORDS.get(name) or _CAPITAL.sub(" ", name).capitalize()
