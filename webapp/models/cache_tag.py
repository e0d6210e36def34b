"""How often what a cached value depends on has changed."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.db import Base


class CacheTag(Base):
    """The revision of one tag. It is part of every key, so that a change leaves old values behind.

    It lives in the database, in the transaction of the change: no outage of the cache can lose it.
    """

    __tablename__ = "cache_tags"

    #: "owner:<uuid>", "prices" ...
    tag: Mapped[str] = mapped_column(String(80), primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)
