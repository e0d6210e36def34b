"""The account a person signs in with."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.db import Base, Identified, UtcDateTime


class User(Identified, Base):
    """One account."""

    __tablename__ = "users"

    #: Lower case, so that the unique constraint ignores case. Written by services.accounts only.
    email: Mapped[str] = mapped_column(String(254), unique=True)
    #: argon2id in its own text form; carries its parameters and salt.
    password_hash: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: One of domain.plans.ROLES.
    role: Mapped[str] = mapped_column(String(16), default="user", server_default="user")
    #: One of domain.plans.PLANS.
    plan: Mapped[str] = mapped_column(String(16), default="free", server_default="free")
    #: When the address was proven by a mailed link; None until then.
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Set while an administrator keeps the account out: no sign-in, no key, no session works.
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: TOTP secret, encrypted with a key outside the database; None without a second factor.
    totp_secret: Mapped[str | None] = mapped_column(Text)
    #: When the first code proved the secret; a secret without it is being set up and asks for nothing.
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Time step of the last code taken, so that no code works twice.
    totp_last_step: Mapped[int] = mapped_column(default=0, server_default="0")
