"""Signed-in sessions, of browsers and of API clients, and the tokens that prove things once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.db import Base, Identified, UtcDateTime


class Session(Identified, Base):
    """One sign-in that lasts: of a browser ("web") or of a client with tokens ("api"). Ends by its row."""

    __tablename__ = "sessions"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    #: "web" or "api".
    kind: Mapped[str] = mapped_column(String(8))
    #: SHA-256 of the random text the cookie (web) or the access token (api) carries.
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: When the present access token ends (api); None for web.
    secret_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Exact to a minute.
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Where it began.
    address: Mapped[str] = mapped_column(String(64), default="")
    #: User-Agent it began with, at most 300 characters.
    agent: Mapped[str] = mapped_column(String(300), default="")


class RefreshToken(Identified, Base):
    """One link in the chain of refresh tokens of an "api" session. One used twice ends the session."""

    __tablename__ = "refresh_tokens"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OneTimeToken(Identified, Base):
    """A mailed link: confirms an address or resets a password, once."""

    __tablename__ = "one_time_tokens"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    #: "confirm" or "reset".
    purpose: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Identified, Base):
    """One code that stands in for the second factor, once."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    #: SHA-256 of the code; a code has 80 random bits.
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInLock(Base):
    """Failed sign-ins of one address, whether or not anybody has it."""

    __tablename__ = "sign_in_locks"

    #: HMAC of the address in lower case: the table tells nobody who was tried.
    email_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
