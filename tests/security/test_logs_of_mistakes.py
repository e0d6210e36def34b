"""What is logged when something breaks is what an operator needs, and nothing of anybody's."""

import logging

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from webapp.infra.db import db, unit_of_work
from webapp.infra.logs import configure_logging
from webapp.models.cache_tag import CacheTag
from webapp.settings import Settings


def test_a_mistake_at_a_secret_address_is_logged_without_it(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    endpoint = next(rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/shared/"))

    def broken(**_: object) -> str:
        raise RuntimeError("a mistake of ours")

    app.view_functions[endpoint] = broken
    assert app.test_client().get("/shared/sh_NobodyMayReadThisOneHere").status_code == 500
    written = capsys.readouterr().err
    assert "a mistake of ours" in written and "Exception on /shared/... [GET]" in written
    assert "NobodyMayReadThis" not in written


def test_an_error_of_the_database_does_not_tell_what_was_sent_to_it(app: Flask) -> None:
    with app.app_context(), pytest.raises(SQLAlchemyError) as failed:
        db.session.execute(text("SELECT id FROM nowhere WHERE email = :email"), {"email": "ada@example.com"})
    assert "nowhere" in str(failed.value) and "ada@example.com" not in str(failed.value)


@pytest.mark.parametrize("json_logging", [True, False])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nor_what_the_database_quotes_of_a_refused_row(
    app: Flask, settings: Settings, json_logging: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(settings.model_copy(update={"json_logging": json_logging}))
    with app.app_context():
        for _ in range(2):
            try:
                with unit_of_work():
                    db.session.add(CacheTag(tag="owner:grace@example.com", revision=1))
            except IntegrityError:
                logging.getLogger("webapp").exception("It could not be kept")
    written = capsys.readouterr().err
    assert "duplicate key" in written and "DETAIL: not shown" in written
    assert "grace@example.com" not in written
