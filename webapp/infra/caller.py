"""Who is behind what happens now: known to logs, limits and the audit, without a request at hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from webapp.domain.plans import Plan

#: How somebody came in: a browser session, an API key, an access token, a share link, the command line,
#: a job of the worker, or nobody known yet.
Via = Literal["session", "key", "token", "share", "command", "job", "visitor"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts. `address` is the client's (behind believed proxies the one they name), `agent` the program's.

    `account_id` is the account acted for, `credential_id` the session, key or link it was proven with,
    `plan` what limits its requests.
    """

    via: Via = "visitor"
    account_id: UUID | None = None
    credential_id: UUID | None = None
    plan: Plan = "free"
    address: str = ""
    agent: str = ""

    def __str__(self) -> str:
        """How log lines name it: no e-mail address, no secret."""
        account = f"/{self.account_id}" if self.account_id else ""
        credential = f"/{self.credential_id}" if self.credential_id else ""
        return f"{self.via}{account}{credential}"


NOBODY = Caller()
_caller: ContextVar[Caller] = ContextVar("caller", default=NOBODY)


def current_caller() -> Caller:
    """Who is behind what happens now; NOBODY outside of requests, commands and jobs."""
    return _caller.get()


def set_caller(caller: Caller) -> None:
    """Everything from now on in this thread is done by `caller`; for the start and the end of a request."""
    _caller.set(caller)


def identify(via: Via, account_id: UUID, credential_id: UUID | None, plan: Plan) -> None:
    """The caller of this request has been recognised; address and agent stay."""
    known = _caller.get()
    _caller.set(Caller(via, account_id, credential_id, plan, known.address, known.agent))


@contextmanager
def acting(caller: Caller) -> Iterator[None]:
    """Everything inside is done by `caller`; for commands, jobs and tests."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)
