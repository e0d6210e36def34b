"""The migrations and the models say the same, on both databases."""

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from webapp.infra.db import Base, db


@pytest.mark.both_databases
def test_the_migrated_database_has_what_the_models_declare(app: Flask) -> None:
    checked = app.test_cli_runner().invoke(args=["db", "check"])
    assert checked.exit_code == 0, checked.output


@pytest.mark.both_databases
def test_the_migrations_can_be_taken_back(app: Flask) -> None:
    taken_back = app.test_cli_runner().invoke(args=["db", "downgrade", "base"])
    assert taken_back.exit_code == 0, taken_back.output
    with app.app_context():
        assert set(inspect(db.engine).get_table_names()) & set(Base.metadata.tables) == set()


@pytest.mark.both_databases
def test_the_mark_means_two_real_databases(app: Flask, request: pytest.FixtureRequest) -> None:
    asked = "sqlite_version" if "sqlite" in request.node.name else "version"
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(text(f"SELECT {asked}()")).scalar()
        assert connection.dialect.name in request.node.name
