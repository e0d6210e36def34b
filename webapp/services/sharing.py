"""Share links: each shows one scenario, as it is at that moment, to whoever holds it, and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from webapp.domain.activities import ScenarioShared, ShareLinkRevoked
from webapp.domain.errors import Conflict, InvalidInput, NotFound, Problem
from webapp.domain.plans import Plan
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.secret_texts import hashed, is_well_formed, new_secret
from webapp.models.scenario import Scenario
from webapp.models.share_link import ShareLink
from webapp.models.user import User
from webapp.services.activities import record
from webapp.services.scenarios import find_scenario, lock_scenario

#: How a link's token begins.
MARK = "ms_"
#: Days a link may be made for; None is until it is revoked.
LIFETIMES_DAYS: tuple[int | None, ...] = (7, 30, 90, None)
DEFAULT_LIFETIME_DAYS = 30
MAX_NAME = 80
#: Links in force per scenario.
MAX_LINKS = 50

_SHOWN_CHARS = len(MARK) + 6
_OPENING_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LinkCard:
    """A link as the scenario's owner sees it afterwards; `prefix` is how its token begins.

    `is_expired` is as of when the card was made; `expires_at` None means never. `last_opened_at` is exact to
    a minute.
    """

    id: UUID
    scenario_id: UUID
    name: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_opened_at: datetime | None
    is_expired: bool

    @property
    def is_in_force(self) -> bool:
        return self.revoked_at is None and not self.is_expired


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made. `token` exists here only: show it now."""

    card: LinkCard
    token: str


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What a token opens: one scenario of one owner, whose `plan` limits the requests."""

    link_id: UUID
    scenario_id: UUID
    owner_id: UUID
    plan: Plan
    expires_at: datetime | None


def create_share_link(
    owner_id: UUID, scenario_id: UUID, name: str, days: object = DEFAULT_LIFETIME_DAYS
) -> NewLink:
    """Make a link that works for `days`, one of LIFETIMES_DAYS.

    Raises NotFound, InvalidInput (/name, /expires_in_days), and Conflict past MAX_LINKS links in force.
    """
    scenario, name = lock_scenario(owner_id, scenario_id), name.strip()
    if problems := [*_name_problems(name), *_lifetime_problems(days)]:
        raise InvalidInput(problems)
    if _in_force(scenario_id) >= MAX_LINKS:
        raise Conflict(phrase(N_("A scenario has at most %(n)s share links. Revoke one first."), n=MAX_LINKS))
    token, moment = new_secret(MARK), now()
    link = ShareLink(
        scenario_id=scenario.id,
        name=name,
        token_hash=hashed(token),
        prefix=token[:_SHOWN_CHARS],
        created_at=moment,
        expires_at=moment + timedelta(days=days) if isinstance(days, int) else None,
    )
    db.session.add(link)
    db.session.flush()
    record(ScenarioShared(link.id, scenario.id, owner_id))
    return NewLink(_card(link), token)


def list_share_links(owner_id: UUID, scenario_id: UUID) -> tuple[LinkCard, ...]:
    """Every link of the scenario, ended ones too, newest first. Raises NotFound for a stranger's scenario."""
    find_scenario(owner_id, scenario_id)
    links = select(ShareLink).where(ShareLink.scenario_id == scenario_id)
    found = db.session.scalars(links.order_by(ShareLink.created_at.desc(), ShareLink.id))
    return tuple(_card(link) for link in found)


def get_share_link(owner_id: UUID, scenario_id: UUID, link_id: UUID) -> LinkCard:
    """One link. Raises NotFound, for a stranger too."""
    return _card(_own(owner_id, scenario_id, link_id))


def revoke_share_link(owner_id: UUID, scenario_id: UUID, link_id: UUID) -> LinkCard:
    """End a link for good; once more does nothing. Raises NotFound, for a stranger too."""
    link = _own(owner_id, scenario_id, link_id)
    if link.revoked_at is None:
        link.revoked_at = now()
        db.session.flush()
        record(ShareLinkRevoked(link.id, scenario_id, owner_id))
    return _card(link)


def open_share_link(token: str) -> OpenedLink:
    """What `token` opens. Notes that it was opened, at most once a minute.

    Raises NotFound, with one sentence, for a token that is none, unknown, expired or revoked, and while the
    owner's account is disabled: whoever guesses learns nothing.
    """
    if not is_well_formed(token, MARK):
        raise _opens_nothing()
    found = db.session.execute(
        select(ShareLink, Scenario.owner_id, User.plan)
        .join(Scenario, Scenario.id == ShareLink.scenario_id)
        .join(User, User.id == Scenario.owner_id)
        .where(ShareLink.token_hash == hashed(token), _holds(), User.disabled_at.is_(None))
    ).one_or_none()
    if found is None:
        raise _opens_nothing()
    link, owner_id, plan = found
    if link.last_opened_at is None or now() - link.last_opened_at >= _OPENING_NOTED_EVERY:
        link.last_opened_at = now()
    return OpenedLink(link.id, link.scenario_id, owner_id, cast(Plan, plan), link.expires_at)


def _opens_nothing() -> NotFound:
    return NotFound(phrase(N_("This link does not open anything.")))


def _holds() -> ColumnElement[bool]:
    """Not revoked, not expired."""
    lasts = or_(ShareLink.expires_at.is_(None), ShareLink.expires_at > now())
    return and_(ShareLink.revoked_at.is_(None), lasts)


def _own(owner_id: UUID, scenario_id: UUID, link_id: UUID) -> ShareLink:
    find_scenario(owner_id, scenario_id)
    query = select(ShareLink).where(ShareLink.id == link_id, ShareLink.scenario_id == scenario_id)
    link = db.session.scalar(query)
    if link is None:
        raise NotFound(phrase(N_("There is no such share link.")))
    return link


def _in_force(scenario_id: UUID) -> int:
    links = select(func.count()).where(ShareLink.scenario_id == scenario_id, _holds())
    return db.session.scalar(links) or 0


def _name_problems(name: str) -> list[Problem]:
    if not name:
        return [Problem("/name", phrase(N_("Give the link a name, so that you know later who has it.")))]
    if len(name) > MAX_NAME or "\x00" in name:
        return [Problem("/name", phrase(N_("Use at most %(n)s characters."), n=MAX_NAME))]
    return []


def _lifetime_problems(days: object) -> list[Problem]:
    if days is None or (type(days) is int and days in LIFETIMES_DAYS):
        return []
    return [Problem("/expires_in_days", phrase(N_("Choose 7, 30 or 90 days, or null for no end.")))]


def _card(link: ShareLink) -> LinkCard:
    return LinkCard(
        id=link.id,
        scenario_id=link.scenario_id,
        name=link.name,
        prefix=link.prefix,
        created_at=link.created_at,
        expires_at=link.expires_at,
        revoked_at=link.revoked_at,
        last_opened_at=link.last_opened_at,
        is_expired=link.expires_at is not None and link.expires_at <= now(),
    )
