"""Administrators and accounts: every act is recorded, and one administrator is always left."""

from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.services.people import PASSWORD, enable_second_factor, record_of
from tests.stack.application import Clock
from webapp.domain.errors import Conflict, InvalidInput, NotFound
from webapp.infra.db import db, unit_of_work
from webapp.services import account_administration as administration
from webapp.services.account_administration import (
    confirm_account,
    disable_account,
    enable_account,
    end_sessions,
    find_by_email,
    list_accounts,
    reset_second_factor,
    set_plan,
    set_role,
)
from webapp.services.accounts import get_account, register_account
from webapp.services.sessions import begin_session, list_sessions
from webapp.services.sign_in import sign_in


@pytest.fixture
def admin(context: None) -> UUID:
    with unit_of_work():
        return register_account("root@example.com", PASSWORD, role="admin", is_confirmed=True).id


def test_accounts_are_found_by_part_of_the_address_role_and_plan(
    owner: UUID, stranger: UUID, admin: UUID
) -> None:
    with unit_of_work():
        set_plan(owner, "premium")
        begin_session(get_account(owner), "password")
    page = list_accounts()
    assert [row.account.email for row in page.items] == [
        "ada@example.com",
        "eve@example.com",
        "root@example.com",
    ]
    assert [row.last_seen_at is not None for row in page.items] == [True, False, False]
    assert [row.account.id for row in list_accounts("ADA").items] == [owner]
    assert [row.account.id for row in list_accounts(role="admin").items] == [admin]
    assert [row.account.id for row in list_accounts(plan="premium").items] == [owner]
    assert list_accounts("100%_\x00").items == ()


def test_a_page_past_the_end_is_the_last_one(
    owner: UUID, stranger: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "PAGE_SIZE", 1)
    page = list_accounts(page=99)
    assert (page.page, page.pages, page.total) == (2, 2, 2)
    assert [row.account.id for row in page.items] == [stranger]


def test_each_act_is_recorded_with_before_and_after_and_only_when_something_changed(
    owner: UUID, admin: UUID
) -> None:
    for _ in range(2):
        with unit_of_work():
            set_plan(owner, "enterprise")
            set_role(owner, "admin")
            confirm_account(owner)
            disable_account(owner)
    with unit_of_work():
        enable_account(owner)
    assert [entry["changes"] for entry in record_of("AccountChangedByAdmin")] == [
        {"plan": ["free", "enterprise"]},
        {"role": ["user", "admin"]},
        {"confirmed": [False, True]},
        {"disabled": [False, True]},
        {"disabled": [True, False]},
    ]
    account = get_account(owner)
    assert (account.plan, account.role, account.is_confirmed) == ("enterprise", "admin", True)
    assert sign_in("ada@example.com", PASSWORD).outcome == "signed in"


def test_another_role_ends_every_session(owner: UUID, admin: UUID) -> None:
    with unit_of_work():
        begin_session(get_account(owner), "password")
    with unit_of_work():
        set_role(owner, "admin")
    assert list_sessions(owner) == ()


@pytest.mark.parametrize("act", [disable_account, lambda account_id: set_role(account_id, "user")])
def test_the_last_enabled_administrator_stays(owner: UUID, admin: UUID, act: object) -> None:
    assert callable(act)
    with unit_of_work():
        set_role(owner, "admin")
        disable_account(owner)  # does not count any more
    with pytest.raises(Conflict, match="only administrator left"), unit_of_work():
        act(admin)
    assert get_account(admin).is_admin and get_account(admin).disabled_at is None
    with unit_of_work():
        set_role(owner, "user")  # one who is kept out may go


@pytest.mark.both_databases
def test_two_administrators_who_leave_at_once_leave_one(
    database_url: str, app: Flask, owner: UUID, admin: UUID
) -> None:
    with unit_of_work():
        set_role(owner, "admin")
    start, ended = Barrier(2), list[str]()

    def leave(account_id: UUID) -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    set_role(account_id, "user")
                ended.append("left")
            except Conflict:
                ended.append("stays")

    threads = [Thread(target=leave, args=(account_id,)) for account_id in (owner, admin)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sorted(ended) == ["left", "stays"]
    assert list_accounts(role="admin").total == 1


def test_a_lost_second_factor_is_taken_away(owner: UUID, clock: Clock) -> None:
    with pytest.raises(Conflict):
        reset_second_factor(owner)
    enable_second_factor(owner, clock)
    with unit_of_work():
        assert reset_second_factor(owner).has_second_factor is False
    assert sign_in("ada@example.com", PASSWORD).outcome == "signed in"
    assert record_of("AccountChangedByAdmin")[-1]["changes"] == {"second_factor": [True, False]}


def test_sessions_can_be_ended(owner: UUID) -> None:
    with unit_of_work():
        begin_session(get_account(owner), "password")
    with unit_of_work():
        assert end_sessions(owner) == 1
    assert record_of("SessionsRevoked")[-1]["reason"] == "admin"


def test_what_does_not_exist_is_named(owner: UUID) -> None:
    with pytest.raises(InvalidInput):
        set_plan(owner, "platinum")
    with pytest.raises(InvalidInput):
        set_role(owner, "root")
    with pytest.raises(NotFound, match=r"bob@example\.com has no account"):
        find_by_email("bob@example.com")
    for act in (disable_account, enable_account, confirm_account, reset_second_factor, end_sessions):
        with pytest.raises(NotFound):
            act(uuid4())
