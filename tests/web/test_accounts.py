"""Signing up, in and out."""

import pytest

from tests.web.conftest import PASSWORD, Person


def test_signing_up_leads_to_the_empty_list(visitor: Person) -> None:
    answer = visitor.post("/sign-up", {"email": "new@example.com", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/scenarios")
    assert "No scenarios yet" in visitor.text("/scenarios")


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [
        ("not an address", PASSWORD, "Write an e-mail address"),
        ("x@example.com", "short", "at least 8 characters"),
    ],
)
def test_a_refused_sign_up_keeps_the_address_and_never_the_password(
    visitor: Person, email: str, password: str, told: str
) -> None:
    answer = visitor.post("/sign-up", {"email": email, "password": password})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in text
    assert f'value="{email}"' in text
    assert password not in text


def test_a_taken_address_is_told_at_its_field(visitor: Person, ada: Person) -> None:
    answer = visitor.post("/sign-up", {"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 422
    assert "already has an account" in answer.get_data(as_text=True)


def test_a_wrong_password_is_refused(visitor: Person, ada: Person) -> None:
    answer = visitor.post("/sign-in", {"email": ada.email, "password": "wrong wrong"})
    assert answer.status_code == 422
    assert "do not belong together" in answer.get_data(as_text=True)
    assert visitor.get("/scenarios").status_code == 303


def test_after_signing_in_one_is_where_one_wanted_to_be(visitor: Person, ada: Person) -> None:
    form: dict[str, object] = {"email": ada.email, "password": PASSWORD}
    assert visitor.post("/sign-in", {**form, "next": "/keys"}).location == "/keys"


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_signing_in_never_leads_off_the_site(visitor: Person, ada: Person, elsewhere: str) -> None:
    form: dict[str, object] = {"email": ada.email, "password": PASSWORD, "next": elsewhere}
    assert visitor.post("/sign-in", form).location == "/scenarios"


def test_signing_out_ends_the_session(ada: Person) -> None:
    assert ada.post("/sign-out").location == "/sign-in"
    assert ada.get("/scenarios").status_code == 303


def test_a_form_without_its_token_is_refused_in_words(ada: Person) -> None:
    answer = ada.client.post("/scenarios", data={"name": "x"})
    assert answer.status_code == 400
    assert "Reload it and send again" in answer.get_data(as_text=True)


def test_the_theme_is_remembered_without_script(visitor: Person) -> None:
    assert visitor.post("/theme", {"theme": "dark", "next": "/services"}).location == "/services"
    assert 'data-theme="dark"' in visitor.text("/services")
    visitor.post("/theme", {"theme": "nonsense"})
    assert "data-theme=" not in visitor.text("/services").partition(">")[0]
