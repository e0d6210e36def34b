"""The account a person signs in with."""

from datetime import datetime

from sqlalchemy import String
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
