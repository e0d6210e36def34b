"""The second factor on pages: two steps to sign in, and no way around the second."""

import re

import pyotp
import pytest
from flask import Flask

from tests.services.people import mails
from tests.stack.application import Clock
from tests.web.conftest import PASSWORD, Person

_SECRET = re.compile(r'<code id="secret">([A-Z2-7 ]+)</code>')
_CODES = re.compile(r"\b(?:[a-z2-7]{4}-){3}[a-z2-7]{4}\b")


class Phone:
    """Somebody's authenticator app, with the recovery codes beside it."""

    def __init__(self, person: Person, clock: Clock) -> None:
        self.clock = clock
        assert person.post("/account/second-factor").location == "/account/second-factor"
        page = person.text("/account/second-factor")
        assert "<svg" in page and "style=" not in page
        found = _SECRET.search(page)
        assert found is not None
        self.totp = pyotp.TOTP(found[1].replace(" ", ""))
        form: dict[str, object] = {"present_password": PASSWORD, "code": self.totp.at(clock.moment)}
        answer = person.post("/account/second-factor/enable", form)
        assert answer.status_code == 200
        self.recovery_codes = _CODES.findall(answer.get_data(as_text=True))
        assert len(self.recovery_codes) == 10

    def code(self) -> str:
        """A code nobody has used."""
        self.clock.advance(seconds=60)
        return self.totp.at(self.clock.moment)


@pytest.fixture
def phone(ada: Person, clock: Clock) -> Phone:
    return Phone(ada, clock)


def enter_password(person: Person, ada: Person, target: str = "") -> str:
    form: dict[str, object] = {"email": ada.email, "password": PASSWORD, "next": target}
    return str(person.post("/sign-in", form).location)


def test_the_password_leads_to_the_code_and_the_code_in(visitor: Person, ada: Person, phone: Phone) -> None:
    assert enter_password(visitor, ada, "/keys") == "/sign-in/code?next=/keys"
    assert visitor.get("/scenarios").status_code == 303  # a right password alone is no session
    page = visitor.text("/sign-in/code?next=/keys")
    assert 'autocomplete="one-time-code"' in page and 'value="/keys"' in page
    assert visitor.post("/sign-in/code", {"code": phone.code(), "next": "/keys"}).location == "/keys"
    assert visitor.get("/scenarios").status_code == 200


def test_a_wrong_code_is_told_at_its_field_and_the_right_one_still_works(
    visitor: Person, ada: Person, phone: Phone
) -> None:
    enter_password(visitor, ada)
    answer = visitor.post("/sign-in/code", {"code": "abc"})
    assert answer.status_code == 422
    assert 'id="field-code-error"' in answer.get_data(as_text=True)
    assert visitor.post("/sign-in/code", {"code": phone.code()}).location == "/scenarios"


def test_codes_cannot_be_tried_for_long(visitor: Person, ada: Person, phone: Phone) -> None:
    enter_password(visitor, ada)
    for _ in range(5):
        assert visitor.post("/sign-in/code", {"code": "abc"}).status_code == 422
    answer = visitor.post("/sign-in/code", {"code": phone.totp.at(phone.clock.moment)})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")


def test_a_recovery_code_stands_in_once(app: Flask, visitor: Person, ada: Person, phone: Phone) -> None:
    enter_password(visitor, ada)
    assert visitor.post("/sign-in/code", {"code": phone.recovery_codes[0]}).location == "/scenarios"
    assert "9 recovery codes are left" in visitor.text("/account")
    other = Person(app.test_client())
    enter_password(other, ada)
    assert other.post("/sign-in/code", {"code": phone.recovery_codes[0]}).status_code == 422


def test_after_five_minutes_one_begins_again(visitor: Person, ada: Person, phone: Phone) -> None:
    enter_password(visitor, ada)
    phone.clock.advance(seconds=301)
    answer = visitor.post("/sign-in/code", {"code": phone.code()})
    assert answer.status_code == 422
    assert "took too long" in answer.get_data(as_text=True)
    assert visitor.get("/sign-in/code").location == "/sign-in"


def test_without_a_password_there_is_no_code_page(visitor: Person) -> None:
    assert visitor.get("/sign-in/code").location == "/sign-in"
    assert visitor.post("/sign-in/code", {"code": "123456"}).status_code == 422


@pytest.mark.parametrize("field", ["present_password", "code"])
def test_switching_on_asks_for_password_and_code(ada: Person, clock: Clock, field: str) -> None:
    ada.post("/account/second-factor")
    found = _SECRET.search(ada.text("/account/second-factor"))
    assert found is not None
    form: dict[str, object] = {
        "present_password": PASSWORD,
        "code": pyotp.TOTP(found[1].replace(" ", "")).at(clock.moment),
    }
    answer = ada.post("/account/second-factor/enable", form | {field: "wrong"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="field-{field.replace("_", "-")}-error"' in text
    assert found[1] in text and PASSWORD not in text
    assert "Set up …" in ada.text("/account")


@pytest.mark.parametrize("act", ["disable", "recovery-codes"])
def test_whoever_has_only_the_session_changes_nothing(ada: Person, phone: Phone, act: str) -> None:
    path = f"/account/second-factor/{act}"
    for form in (
        {"present_password": PASSWORD, "code": ""},
        {"present_password": "wrong wrong", "code": phone.code()},
    ):
        assert ada.post(path, dict(form)).status_code == 422
    assert "10 recovery codes are left" in ada.text("/account")


def test_switching_off_takes_password_and_code(
    app: Flask, visitor: Person, ada: Person, phone: Phone
) -> None:
    assert "Switch off" in ada.text("/account/second-factor")
    form: dict[str, object] = {"present_password": PASSWORD, "code": phone.code()}
    assert ada.post("/account/second-factor/disable", form).location == "/account"
    assert enter_password(visitor, ada) == "/scenarios"
    with app.app_context():
        assert len(mails("second-factor-changed")) == 2


def test_new_recovery_codes_are_shown_once(ada: Person, phone: Phone) -> None:
    form: dict[str, object] = {"present_password": PASSWORD, "code": phone.code()}
    answer = ada.post("/account/second-factor/recovery-codes", form)
    codes = _CODES.findall(answer.get_data(as_text=True))
    assert len(codes) == 10 and not set(codes) & set(phone.recovery_codes)
    assert answer.headers["Cache-Control"] == "no-store"
    assert codes[0] not in ada.text("/account/second-factor")


def test_the_secret_of_one_in_force_is_never_shown_again(ada: Person, phone: Phone) -> None:
    assert _SECRET.search(ada.text("/account/second-factor")) is None
    ada.post("/account/second-factor")  # begin once more
    assert "in force already" in ada.text("/account")


def test_nothing_to_set_up_leads_to_the_account(ada: Person) -> None:
    assert ada.get("/account/second-factor").location == "/account"
    assert ada.post("/account/second-factor/disable").location == "/account/second-factor"
