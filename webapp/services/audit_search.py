"""The audit as administrators read it: found by what, who, where and when; shown or exported."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.orm import aliased

from webapp.domain.errors import InvalidInput, NotFound, Problem
from webapp.domain.words import N_, phrase
from webapp.infra.db import db
from webapp.models.audit import AuditEntry
from webapp.models.user import User
from webapp.services.report_csv import harmless

#: Entries read at once by an export.
_AT_ONCE = 1_000
_COLUMNS = (
    "seq", "at", "activity", "via", "actor", "actor_id", "credential_id", "subject_id", "address", "agent",
    "correlation_id", "details",
)  # fmt: skip


#: Parts of a card that are no column of the entry.
_MADE = ("actor", "about", "details")
_subject = aliased(User)
_Row = tuple[AuditEntry, str | None, str | None]


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What to look for; empty parts match everything.

    `actor` is an e-mail address or an account's id; `address` may be the beginning of one; `since` and
    `until` are UTC, the second exclusive.
    """

    activity: str = ""
    actor: str = ""
    subject: UUID | None = None
    address: str = ""
    correlation_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, stated: Mapping[str, str]) -> "AuditQuery":
        """The query that filters say. Raises InvalidInput (/subject, /since, /until).

        A day without a time as `until` means its end.
        """
        problems: list[Problem] = []
        texts = {name: stated.get(name, "").replace("\x00", "").strip()[:200] for name in cls.__slots__}
        query = cls(
            activity=texts["activity"],
            actor=texts["actor"].lower(),
            subject=_uuid(texts["subject"], problems),
            address=texts["address"],
            correlation_id=texts["correlation_id"],
            since=_moment(texts["since"], "/since", problems),
            until=_moment(texts["until"], "/until", problems, at_its_end=True),
        )
        if problems:
            raise InvalidInput(problems)
        return query


@dataclass(frozen=True, slots=True)
class AuditCard:
    """One entry as people see it.

    `actor` is the e-mail address of the account that acted and `about` that of the account it was about,
    while there are such accounts.
    """

    seq: int
    at: datetime
    activity: str
    via: str
    actor: str | None
    actor_id: UUID | None
    credential_id: UUID | None
    subject_id: UUID | None
    address: str
    agent: str
    correlation_id: str
    about: str | None
    details: Mapping[str, object]
    mac: str
    previous: str
    key_id: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, the newest first; `older` is where the next page begins, None on the last."""

    entries: tuple[AuditCard, ...]
    older: int | None


def find_entries(query: AuditQuery, *, before: int | None = None, limit: int = 50) -> AuditPage:
    """The newest entries that fit, older than entry `before`."""
    wanted = _wanted(query).order_by(AuditEntry.seq.desc()).limit(limit + 1)
    if before is not None:
        wanted = wanted.where(AuditEntry.seq < before)
    cards = [_card(*row) for row in db.session.execute(wanted).tuples()]
    return AuditPage(tuple(cards[:limit]), cards[limit - 1].seq if len(cards) > limit else None)


def get_entry(seq: int) -> AuditCard:
    """One entry. Raises NotFound."""
    row = db.session.execute(_wanted(AuditQuery()).where(AuditEntry.seq == seq)).tuples().first()
    if row is None:
        raise NotFound(phrase(N_("There is no such entry; it may have been archived.")))
    return _card(*row)


def list_activities() -> Sequence[str]:
    """Every activity that stands in the audit."""
    return db.session.scalars(select(AuditEntry.activity).distinct().order_by(AuditEntry.activity)).all()


def export_entries(query: AuditQuery, kind: str) -> Iterator[str]:
    """Every entry that fits, the oldest first, in pieces of text: memory stays flat, however many there are.

    `kind` is "csv" (RFC 4180, with a header) or "jsonl". What is written while the export runs is left out.
    """
    last = db.session.scalar(select(func.max(AuditEntry.seq))) or 0
    if kind == "csv":
        yield _row(_COLUMNS)
    after = 0
    while rows := db.session.execute(_page(query, after, last)).tuples().all():
        cards = [_card(*row) for row in rows]
        yield "".join(_line(card, kind) for card in cards)
        after = cards[-1].seq


def _page(query: AuditQuery, after: int, last: int) -> Select[_Row]:
    page = _wanted(query).where(AuditEntry.seq > after, AuditEntry.seq <= last)
    return page.order_by(AuditEntry.seq).limit(_AT_ONCE).execution_options(populate_existing=True)


def _wanted(query: AuditQuery) -> Select[_Row]:
    email = cast("ColumnElement[str | None]", User.email)  # nobody, in an outer join
    about = cast("ColumnElement[str | None]", _subject.email)
    joined = select(AuditEntry, email, about).outerjoin(User, User.id == AuditEntry.actor_id)
    joined = joined.outerjoin(_subject, _subject.id == AuditEntry.subject_id)
    return joined.where(and_(True, *_conditions(query)))


def _conditions(query: AuditQuery) -> Iterator[ColumnElement[bool]]:
    if query.activity:
        yield AuditEntry.activity == query.activity
    if query.actor:
        yield _is_by(query.actor)
    if query.subject:
        yield AuditEntry.subject_id == query.subject
    if query.address:
        yield AuditEntry.address.startswith(query.address, autoescape=True)
    if query.correlation_id:
        yield AuditEntry.correlation_id == query.correlation_id
    if query.since:
        yield AuditEntry.at >= query.since
    if query.until:
        yield AuditEntry.at < query.until


def _is_by(actor: str) -> ColumnElement[bool]:
    try:
        return AuditEntry.actor_id == UUID(actor)
    except ValueError:
        account_id = db.session.scalar(select(User.id).where(User.email == actor))
        return false() if account_id is None else AuditEntry.actor_id == account_id


def _card(entry: AuditEntry, email: str | None, about: str | None) -> AuditCard:
    plain = {name: getattr(entry, name) for name in AuditCard.__slots__ if name not in _MADE}
    card = AuditCard(actor=email, about=about, details=json.loads(entry.details), **plain)
    db.session.expunge(entry)  # an export of millions keeps none of them
    return card


def _line(card: AuditCard, kind: str) -> str:
    said = {name: getattr(card, name) for name in _COLUMNS} | {"at": card.at.isoformat()}
    if kind == "csv":
        said["details"] = json.dumps(card.details, ensure_ascii=False)
        return _row([harmless(str(said[name] if said[name] is not None else "")) for name in _COLUMNS])
    return json.dumps(said, ensure_ascii=False, default=str) + "\n"


def _row(cells: Sequence[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def _uuid(text: str, problems: list[Problem]) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        problems.append(Problem("/subject", phrase(N_("Write an id, like those in the entries."))))
        return None


def _moment(text: str, pointer: str, problems: list[Problem], *, at_its_end: bool = False) -> datetime | None:
    """The moment `text` says, in UTC unless it names another zone."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment + timedelta(days=1) if at_its_end and len(text) == len("2026-03-14") else moment
    except (ValueError, OverflowError):
        problems.append(
            Problem(pointer, phrase(N_("Write a date or a date and time, like 2026-03-14 09:26.")))
        )
        return None
