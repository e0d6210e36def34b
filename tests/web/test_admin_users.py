"""Accounts and plans on the administration's pages."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.services.people import enable_second_factor, record_of
from tests.stack.application import Clock
from tests.web.conftest import PASSWORD, Person
from webapp.infra.clock import now
from webapp.infra.db import db, unit_of_work
from webapp.models.user import User
from webapp.services.accounts import Account, get_account, register_account
from webapp.services.keys import create_key, get_key
from webapp.web.admin_users import ACTS

PAGES = (
    "/admin",
    "/admin/users",
    "/admin/plans",
    "/admin/jobs",
    "/admin/catalogs",
    "/admin/mails",
    "/admin/cache",
)


def account_of(app: Flask, person: Person) -> Account:
    assert person.id is not None
    with app.app_context():
        return get_account(person.id)


def can_sign_in(app: Flask, email: str) -> bool:
    answer = Person(app.test_client()).post("/sign-in", {"email": email, "password": PASSWORD})
    return answer.status_code == 303


# Who may come in


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_signs_in_first_and_a_user_finds_nothing(visitor: Person, ada: Person, path: str) -> None:
    assert visitor.get(path).location == f"/sign-in?next={path}"
    assert ada.get(path).status_code == 404


def test_only_administrators_see_the_way_in(ada: Person, admin: Person) -> None:
    assert "/admin/users" not in ada.text("/account")
    assert "/admin/users" in admin.text("/account")


def test_the_administration_begins_with_the_users(admin: Person) -> None:
    assert admin.get("/admin").location == "/admin/users"


def test_who_is_demoted_finds_nothing_from_the_next_request_on(app: Flask, admin: Person) -> None:
    with app.app_context(), unit_of_work():
        other = register_account("two@example.com", PASSWORD, role="admin", is_confirmed=True)
    second = Person(app.test_client(), other.id)
    second.post("/sign-in", {"email": other.email, "password": PASSWORD})
    assert second.get("/admin/users").status_code == 200
    admin.post(f"/admin/users/{other.id}/make-user")
    assert second.get("/admin/users").status_code == 303
    second.post("/sign-in", {"email": other.email, "password": PASSWORD})
    assert second.get("/admin/users").status_code == 404


# The list


def test_accounts_are_found_by_address_role_and_plan(admin: Person, ada: Person, stranger: Person) -> None:
    assert ada.email in admin.text("/admin/users") and stranger.email in admin.text("/admin/users")
    found = admin.text("/admin/users?q=ADA")
    assert ada.email in found and stranger.email not in found
    assert ada.email not in admin.text("/admin/users?role=admin")
    assert "Nobody matches" in admin.text("/admin/users?plan=enterprise")


def test_a_filter_that_means_nothing_is_no_filter(admin: Person, ada: Person) -> None:
    nonsense = f"/admin/users?role=king&plan=gold&page={'9' * 30}&q=%00"
    assert ada.email in admin.text(nonsense)


def test_the_list_alone_comes_for_htmx_and_the_address_follows(admin: Person, ada: Person) -> None:
    answer = admin.client.get("/admin/users?q=ada&role=user", headers={"HX-Request": "true"})
    assert answer.get_data(as_text=True).lstrip().startswith('<div id="users">')
    assert answer.headers["HX-Push-Url"] == "/admin/users?q=ada&role=user"


def test_many_accounts_come_in_pages(app: Flask, admin: Person) -> None:
    with app.app_context(), unit_of_work():
        for number in range(60):
            db.session.add(User(email=f"n{number:02}@example.com", password_hash="!", created_at=now()))
    assert "Page 1 of 2" in admin.text("/admin/users")
    assert "n59@example.com" in admin.text("/admin/users?page=2")


# One account


def test_an_account_is_shown_with_its_keys_sessions_and_deeds(app: Flask, admin: Person, ada: Person) -> None:
    assert ada.id is not None
    with app.app_context(), unit_of_work():
        create_key(ada.id, "laptop", ["read"])
    page = admin.text(f"/admin/users/{ada.id}")
    for words in (ada.email, "laptop", "Signed in", "Disable account", "Free"):
        assert words in page


def test_an_account_leads_to_what_it_did_and_what_was_done_to_it(admin: Person, ada: Person) -> None:
    page = admin.text(f"/admin/users/{ada.id}")
    did, done = "/admin/audit?actor=ada@example.com", f"/admin/audit?subject={ada.id}"
    assert f'href="{did}"' in page and f'href="{done}"' in page
    assert "Signed in" in admin.text(did)
    admin.post(f"/admin/users/{ada.id}/plan", {"plan": "premium"})
    assert "Account changed by an administrator" in admin.text(done)


def test_an_account_there_is_not_and_an_act_there_is_not_are_not_found(admin: Person, ada: Person) -> None:
    assert admin.get(f"/admin/users/{uuid4()}").status_code == 404
    assert admin.post(f"/admin/users/{uuid4()}/disable").status_code == 404
    assert admin.get(f"/admin/users/{ada.id}/promote").status_code == 404
    assert admin.post(f"/admin/users/{ada.id}/promote").status_code == 404


def test_a_plan_is_changed_and_the_change_is_on_record(app: Flask, admin: Person, ada: Person) -> None:
    assert admin.post(f"/admin/users/{ada.id}/plan", {"plan": "premium"}).status_code == 303
    assert "ada@example.com has the plan Premium." in admin.text(f"/admin/users/{ada.id}")
    assert account_of(app, ada).plan == "premium"
    with app.app_context():
        (entry,) = record_of("AccountChangedByAdmin")
    assert entry["changes"] == {"plan": ["free", "premium"]}


def test_a_plan_there_is_not_is_refused_in_words(app: Flask, admin: Person, ada: Person) -> None:
    answer = admin.post(f"/admin/users/{ada.id}/plan", {"plan": "gold"})
    assert answer.status_code == 422
    assert "Choose one of" in answer.get_data(as_text=True)
    assert account_of(app, ada).plan == "free"


def test_every_act_asks_first_and_asking_changes_nothing(app: Flask, admin: Person, ada: Person) -> None:
    before = account_of(app, ada)
    for act in ACTS:
        assert ada.email in admin.text(f"/admin/users/{ada.id}/{act}")
        fragment = admin.get(f"/admin/users/{ada.id}/{act}", htmx=True).get_data(as_text=True)
        assert fragment.lstrip().startswith('<div class="confirm"')
    assert account_of(app, ada) == before


def test_an_act_needs_the_token_of_a_page(app: Flask, admin: Person, ada: Person) -> None:
    assert admin.client.post(f"/admin/users/{ada.id}/disable").status_code == 400
    assert account_of(app, ada).disabled_at is None


def test_who_is_disabled_is_out_at_once_and_back_when_enabled(app: Flask, admin: Person, ada: Person) -> None:
    admin.post(f"/admin/users/{ada.id}/disable")
    assert ada.get("/scenarios").status_code == 303
    assert not can_sign_in(app, ada.email)
    page = admin.text(f"/admin/users/{ada.id}")
    assert "is disabled." in page and "Enable account" in page
    admin.post(f"/admin/users/{ada.id}/enable")
    assert can_sign_in(app, ada.email)


def test_an_administrator_vouches_for_an_address(app: Flask, admin: Person) -> None:
    with app.app_context(), unit_of_work():
        new = register_account("new@example.com", PASSWORD)
    assert "Not confirmed" in admin.text("/admin/users?q=new")
    admin.post(f"/admin/users/{new.id}/confirm")
    assert "Not confirmed" not in admin.text(f"/admin/users/{new.id}")


def test_a_lost_second_factor_is_removed_and_none_cannot_be(
    app: Flask, clock: Clock, admin: Person, ada: Person
) -> None:
    assert ada.id is not None
    admin.post(f"/admin/users/{ada.id}/reset-second-factor")
    assert "This account has no second factor." in admin.text(f"/admin/users/{ada.id}")
    with app.app_context():
        enable_second_factor(ada.id, clock)
    admin.post(f"/admin/users/{ada.id}/reset-second-factor")
    assert not account_of(app, ada).has_second_factor


def test_ending_the_sessions_of_somebody_signs_them_out(app: Flask, admin: Person, ada: Person) -> None:
    admin.post(f"/admin/users/{ada.id}/end-sessions")
    assert ada.get("/scenarios").status_code == 303
    assert admin.get("/admin/users").status_code == 200


def test_a_user_becomes_an_administrator_with_a_new_session(app: Flask, admin: Person, ada: Person) -> None:
    admin.post(f"/admin/users/{ada.id}/make-admin")
    assert ada.get("/admin/users").status_code == 303
    ada.post("/sign-in", {"email": ada.email, "password": PASSWORD})
    assert ada.get("/admin/users").status_code == 200


@pytest.mark.parametrize("act", ["disable", "make-user"])
def test_the_last_administrator_stays_and_is_told_why(app: Flask, admin: Person, act: str) -> None:
    answer = admin.post(f"/admin/users/{admin.id}/{act}")
    assert answer.location == f"/admin/users/{admin.id}"
    page = admin.text(f"/admin/users/{admin.id}")
    assert "is the only administrator left. Make another one first." in page
    assert 'class="notice bad"' in page
    assert account_of(app, admin).is_admin


def test_who_ends_their_own_sessions_signs_in_anew(admin: Person) -> None:
    assert admin.post(f"/admin/users/{admin.id}/end-sessions").location == "/sign-in"
    assert admin.get("/admin/users").status_code == 303


def test_a_key_of_somebody_is_revoked_after_asking(
    app: Flask, admin: Person, ada: Person, sign_up: Callable[[str], Person]
) -> None:
    assert ada.id is not None
    with app.app_context(), unit_of_work():
        made = create_key(ada.id, "laptop", ["read"])
    where = f"/admin/users/{ada.id}/keys/{made.card.id}/revoke"
    assert "Revoke “laptop”?" in admin.text(where)
    assert admin.post(where).location == f"/admin/users/{ada.id}"
    refused = admin.client.get("/api/v2/scenarios", headers={"X-API-Key": made.secret})
    assert refused.status_code == 401
    with app.app_context():
        assert get_key(ada.id, made.card.id).revoked_at is not None
    other: UUID | None = sign_up("eve@example.com").id
    assert admin.post(f"/admin/users/{other}/keys/{made.card.id}/revoke").status_code == 404


# Plans


def test_plans_show_their_limits_and_how_many_have_them(admin: Person, ada: Person) -> None:
    admin.post(f"/admin/users/{ada.id}/plan", {"plan": "enterprise"})
    page = admin.text("/admin/plans")
    assert "10,000" in page and "not edited" in page
    assert '<a href="/admin/users?plan=enterprise">1</a>' in page
    assert '<a href="/admin/users?plan=premium">0</a>' in page
