"""Share links: what one opens, when it ends, and that it never opens more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.stack.application import Clock
from webapp.domain.errors import Conflict, InvalidInput, NotFound
from webapp.infra.db import db, unit_of_work
from webapp.infra.secret_texts import new_secret
from webapp.models.audit import AuditEntry
from webapp.models.share_link import ShareLink
from webapp.models.user import User
from webapp.pricing.document import parse_document
from webapp.services import sharing
from webapp.services.scenarios import create_scenario, delete_scenario, set_status
from webapp.services.sharing import (
    NewLink,
    OpenedLink,
    create_share_link,
    get_share_link,
    list_share_links,
    open_share_link,
    revoke_share_link,
)


@pytest.fixture
def scenario(owner: UUID) -> UUID:
    with unit_of_work():
        return create_scenario(owner, parse_document({"name": "Checkout", "region": "us-east-1"})).id


def _share(owner: UUID, scenario: UUID, days: object = 30) -> NewLink:
    with unit_of_work():
        return create_share_link(owner, scenario, "the board", days)


def _open(token: str) -> OpenedLink:
    with unit_of_work():
        return open_share_link(token)


def test_a_link_opens_its_scenario_and_says_when_it_was_opened(
    owner: UUID, scenario: UUID, clock: Clock
) -> None:
    made = _share(owner, scenario)
    opened = _open(made.token)
    assert (opened.scenario_id, opened.owner_id, opened.link_id) == (scenario, owner, made.card.id)
    assert opened.expires_at == clock.moment + timedelta(days=30)
    first = clock.moment
    clock.advance(seconds=59)
    _open(made.token)
    assert get_share_link(owner, scenario, made.card.id).last_opened_at == first
    clock.advance(seconds=1)
    _open(made.token)
    assert get_share_link(owner, scenario, made.card.id).last_opened_at == clock.moment


def test_only_a_hash_of_the_token_is_kept(owner: UUID, scenario: UUID) -> None:
    made = _share(owner, scenario)
    link = db.session.scalars(select(ShareLink)).one()
    kept = [str(getattr(link, column.name)) for column in ShareLink.__table__.columns]
    assert not any(made.token in value for value in kept)
    assert made.card.prefix == made.token[:9]
    assert len(made.token) == 41
    assert made.token not in repr(made.card)


@pytest.mark.parametrize("days", [7, 30, 90])
def test_a_link_ends_at_its_moment(owner: UUID, scenario: UUID, clock: Clock, days: int) -> None:
    made = _share(owner, scenario, days)
    clock.advance(days=days, seconds=-1)
    assert _open(made.token).scenario_id == scenario
    clock.advance(seconds=1)
    with pytest.raises(NotFound):
        _open(made.token)
    assert get_share_link(owner, scenario, made.card.id).is_expired


def test_a_link_without_an_end_lasts(owner: UUID, scenario: UUID, clock: Clock) -> None:
    made = _share(owner, scenario, None)
    clock.advance(days=4_000)
    assert _open(made.token).expires_at is None


def test_a_revoked_link_opens_nothing_at_once_and_others_go_on(owner: UUID, scenario: UUID) -> None:
    made, other = _share(owner, scenario), _share(owner, scenario)
    for _ in range(2):
        with unit_of_work():
            revoke_share_link(owner, scenario, made.card.id)
    with pytest.raises(NotFound):
        _open(made.token)
    assert _open(other.token).scenario_id == scenario
    assert [card.is_in_force for card in list_share_links(owner, scenario)].count(True) == 1


def test_an_archived_scenario_is_still_shown_and_a_deleted_one_is_not(owner: UUID, scenario: UUID) -> None:
    made = _share(owner, scenario)
    with unit_of_work():
        set_status(owner, scenario, "archived")
    assert _open(made.token).scenario_id == scenario
    with unit_of_work():
        delete_scenario(owner, scenario)
    with pytest.raises(NotFound):
        _open(made.token)


def test_links_of_a_disabled_account_rest(owner: UUID, scenario: UUID, clock: Clock) -> None:
    made = _share(owner, scenario)
    with unit_of_work():
        db.session.execute(update(User).where(User.id == owner).values(disabled_at=clock.moment))
    with pytest.raises(NotFound):
        _open(made.token)


def test_every_link_that_opens_nothing_is_refused_alike(owner: UUID, scenario: UUID) -> None:
    revoked = _share(owner, scenario)
    with unit_of_work():
        revoke_share_link(owner, scenario, revoked.card.id)
    unknown = [new_secret("ms_"), new_secret("mk_"), "", "x", "ms_" + "é" * 38]
    said = set()
    for token in [revoked.token, revoked.token + "0", *unknown]:
        with pytest.raises(NotFound) as refused:
            _open(token)
        said.add(refused.value.message)
    assert said == {"This link does not open anything."}


def test_a_stranger_makes_sees_and_revokes_nothing(owner: UUID, stranger: UUID, scenario: UUID) -> None:
    made = _share(owner, scenario)
    with pytest.raises(NotFound), unit_of_work():
        create_share_link(stranger, scenario, "me")
    with pytest.raises(NotFound):
        list_share_links(stranger, scenario)
    with pytest.raises(NotFound), unit_of_work():
        revoke_share_link(stranger, scenario, made.card.id)
    with pytest.raises(NotFound):
        get_share_link(owner, scenario, uuid4())
    assert _open(made.token).scenario_id == scenario


def test_a_link_is_not_reached_through_another_scenario(owner: UUID, scenario: UUID) -> None:
    made = _share(owner, scenario)
    with unit_of_work():
        other = create_scenario(owner, parse_document({"name": "Other", "region": "us-east-1"})).id
    with pytest.raises(NotFound), unit_of_work():
        revoke_share_link(owner, other, made.card.id)


@pytest.mark.parametrize(
    ("name", "days", "pointers"),
    [
        ("", 30, ["/name"]),
        ("x" * 81, 30, ["/name"]),
        ("a\x00b", 30, ["/name"]),
        ("board", 31, ["/expires_in_days"]),
        ("board", 0, ["/expires_in_days"]),
        ("board", -7, ["/expires_in_days"]),
        ("board", True, ["/expires_in_days"]),
        ("board", "7", ["/expires_in_days"]),
        ("board", [7], ["/expires_in_days"]),
        (" ", "never", ["/name", "/expires_in_days"]),
    ],
)
def test_wrong_wishes_are_named(
    owner: UUID, scenario: UUID, name: str, days: object, pointers: list[str]
) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        create_share_link(owner, scenario, name, days)
    assert [problem.pointer for problem in refused.value.problems] == pointers
    assert list_share_links(owner, scenario) == ()


@pytest.mark.both_databases
def test_many_at_once_do_not_pass_the_limit(
    app: Flask, owner: UUID, scenario: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "MAX_LINKS", 3)
    together = Barrier(6)

    def share(_: int) -> bool:
        with app.app_context():
            together.wait(10)
            try:
                _share(owner, scenario)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(share, range(6))) == [False] * 3 + [True] * 3
    assert len(list_share_links(owner, scenario)) == 3


def test_sharing_and_revoking_are_in_the_audit_without_the_token(owner: UUID, scenario: UUID) -> None:
    made = _share(owner, scenario)
    for _ in range(2):
        with unit_of_work():
            revoke_share_link(owner, scenario, made.card.id)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    ours = [entry for entry in entries if entry.activity in ("ScenarioShared", "ShareLinkRevoked")]
    assert [entry.activity for entry in ours] == ["ScenarioShared", "ShareLinkRevoked"]
    written = [str(getattr(entry, column.name)) for entry in ours for column in AuditEntry.__table__.columns]
    assert not any(made.token in value for value in written)
