"""Sessions: who is signed in, where visitors are sent, and that no link sends them elsewhere."""

from hashlib import sha256
from uuid import UUID

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import event, select

from webapp.edge.identity import safe_next
from webapp.infra.db import db, unit_of_work
from webapp.models.session import Session
from webapp.models.user import User

SIGN_IN = {"email": "ada@example.com", "password": "correct horse"}


@pytest.fixture
def signed_in(app: Flask, owner_id: UUID) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    assert client.post("/sign-in", data=SIGN_IN).status_code == 204
    return client


def test_a_session_knows_its_account_until_sign_out(signed_in: FlaskClient, owner_id: UUID) -> None:
    assert signed_in.get("/mine").get_data(as_text=True) == str(owner_id)
    signed_in.post("/sign-out")
    assert signed_in.get("/mine").status_code == 303


def test_a_visitor_is_sent_to_sign_in_and_back(client: FlaskClient) -> None:
    response = client.get("/mine?page=2&tag=a%20b")
    assert response.status_code == 303
    assert response.location == "/sign-in?next=/mine?page%3D2%26tag%3Da%2520b"


def test_a_visitor_who_posted_is_not_sent_back_to_a_post(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    assert app.test_client().post("/mine").location == "/sign-in"


def test_a_fragment_sends_the_whole_page_to_sign_in(client: FlaskClient) -> None:
    response = client.get(
        "/mine", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/scenarios?page=2"}
    )
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/sign-in?next=/scenarios?page%3D2"


def test_signing_in_drops_what_the_session_held(signed_in: FlaskClient) -> None:
    with signed_in.session_transaction() as held:
        held["planted"] = "by somebody"
    signed_in.post("/sign-in", data=SIGN_IN)
    with signed_in:
        signed_in.get("/mine")
        assert "planted" not in session and session.permanent


def test_the_session_of_a_deleted_account_is_nobodys(
    signed_in: FlaskClient, app: Flask, owner_id: UUID
) -> None:
    with app.app_context(), unit_of_work():
        db.session.delete(db.session.get_one(User, owner_id))
    assert signed_in.get("/mine").status_code == 303


def test_a_form_without_its_token_is_refused(client: FlaskClient, owner_id: UUID) -> None:
    response = client.post("/sign-in", data=SIGN_IN)
    assert response.status_code == 400
    assert "Reload it" in response.get_data(as_text=True)


@pytest.mark.parametrize("target", ["/", "/scenarios?page=2#top", "/a//b", "/%2Fevil.example"])
def test_a_path_of_ours_may_be_next(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [None, "", "scenarios", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
     "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "http:evil.example"],
)  # fmt: skip
def test_nothing_else_may_be_next(target: str | None) -> None:
    assert safe_next(target) is None


def test_one_query_tells_who_somebody_is(app: Flask, signed_in: FlaskClient) -> None:
    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    signed_in.get("/mine")
    assert len(asked) == 1 and asked[0].startswith("SELECT")


def test_the_cookie_holds_a_secret_of_which_the_row_keeps_a_hash(
    app: Flask, signed_in: FlaskClient, owner_id: UUID
) -> None:
    with signed_in.session_transaction() as held:
        secret, kept_in_cookie = held["_user_id"], str(dict(held))
    assert str(owner_id) not in kept_in_cookie
    with app.app_context():
        (row,) = db.session.scalars(select(Session)).all()
    assert row.secret_hash == sha256(secret.encode()).hexdigest()


def test_a_cookie_signed_by_us_with_another_secret_is_nobodys(signed_in: FlaskClient, owner_id: UUID) -> None:
    for secret in (str(owner_id), "", "x" * 10_000):
        with signed_in.session_transaction() as held:
            held["_user_id"] = secret
        assert signed_in.get("/mine").status_code == 303


def test_an_ordinary_answer_sets_no_cookie(signed_in: FlaskClient) -> None:
    """A late answer to an earlier request would else bring back the cookie of before a sign-in."""
    assert "Set-Cookie" not in signed_in.get("/mine").headers


def test_a_signed_out_cookie_is_dead_wherever_it_was_copied_to(app: Flask, signed_in: FlaskClient) -> None:
    found = signed_in.get_cookie("session")
    assert found is not None
    thief = app.test_client()
    thief.set_cookie("session", found.value)
    assert thief.get("/mine").status_code == 200
    signed_in.post("/sign-out")
    assert thief.get("/mine").status_code == 303
