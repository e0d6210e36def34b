"""Administration is for administrators: for everybody else none of its pages exists, whatever it is about.

Each address leads to something that is there: an administrator is answered at it right after a stranger was
not. Without that, "not found" would say nothing about who asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from tests.web.conftest import Person, Workshop
from tests.web.test_ownership import FORM
from webapp.domain.jobs import SWEEP_CACHE
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.models.dead_letter import DeadLetter
from webapp.models.mail import Mail
from webapp.models.user import User
from webapp.services.accounts import get_account
from webapp.services.dead_letters import keep_dead_letter
from webapp.services.keys import create_key, list_keys
from webapp.services.mails import send_mail
from webapp.services.prices import price_list

#: What leaves nothing behind to ask for again goes last.
_LAST = ("admin_jobs.retry", "admin_jobs.forget")


@dataclass(frozen=True, slots=True)
class Address:
    """A page of the administration that is there."""

    method: str
    path: str

    def asked_by(self, person: Person) -> int:
        if self.method == "GET":
            return person.get(self.path).status_code
        return person.post(self.path, FORM | {"plan": "enterprise"}).status_code


@pytest.fixture
def addresses(app: Flask, workshop: Workshop) -> list[Address]:
    """Every rule below /admin with its methods, about things that exist."""
    app.extensions["jobs"] = RecordingDispatcher()
    with app.app_context():
        with unit_of_work():
            key_id = create_key(workshop.owner_id, "laptop", ["read"]).card.id
            keep_dead_letter(SWEEP_CACHE.name, (), "RuntimeError: no", 1)
            send_mail("welcome", "ada@example.com", workshop.owner_id, link="http://localhost/")
        parts: dict[str, object] = {
            "account_id": workshop.owner_id,
            "key_id": key_id,
            "letter_id": db.session.scalars(select(DeadLetter.id)).one(),
            "mail_id": db.session.scalars(select(Mail.id)).first(),
            "name": price_list("eu-west-1").catalog.name,
            "act": "make-admin",
            "tier": "L1",
            "seq": 1,
            "kind": "csv",
        }
    rules = sorted(app.url_map.iter_rules(), key=_turn)
    return [
        Address(method, path)
        for rule in rules
        if rule.rule.startswith("/admin")
        for path in [_path(app, rule, parts)]
        for method in sorted({"GET", "POST"} & (rule.methods or set()))
    ]


def _turn(rule: Rule) -> tuple[int, str]:
    return (_LAST.index(rule.endpoint) + 1 if rule.endpoint in _LAST else 0), rule.endpoint


def _path(app: Flask, rule: Rule, parts: dict[str, object]) -> str:
    wanted = {name: parts[name] for name in rule.arguments}
    return str(app.url_map.bind("localhost").build(rule.endpoint, wanted))


def _what_administration_could_change(app: Flask, workshop: Workshop) -> Iterator[object]:
    with app.app_context():
        yield get_account(workshop.owner_id)
        yield list_keys(workshop.owner_id)
        yield db.session.scalars(select(DeadLetter.id)).all()
        yield db.session.execute(select(User.id, User.role, User.plan, User.disabled_at)).all()


def test_only_an_administrator_is_answered(
    app: Flask, addresses: list[Address], workshop: Workshop, stranger: Person, ada: Person, admin: Person
) -> None:
    before = list(_what_administration_could_change(app, workshop))
    assert len(addresses) > 25
    # Ada asks about herself: that she owns what it is about opens nothing either.
    for person in (stranger, ada):
        for address in addresses:
            assert address.asked_by(person) == 404, f"{person.email}: {address}"
    assert list(_what_administration_could_change(app, workshop)) == before
    for address in addresses:
        assert address.asked_by(admin) != 404, f"not there for an administrator: {address}"
