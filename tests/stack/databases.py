"""A migrated database with the shipped prices for each test: made once per session, copied for every test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from webapp.settings import Settings

_numbers = count(1)


def make_settings(database_url: str, state_dir: Path, **others: object) -> Settings:
    """Settings of a test application; `others` are named as the environment variables are."""
    named = {
        "MOCKUPAWS_ENV": "test",
        "SECRET_KEY": "a secret only the tests know, long enough",
        "DATABASE_URL": database_url,
        "STATE_DIR": state_dir,
        "PUBLIC_URL": "http://localhost",
        "SECURE_COOKIES": False,
        "JSON_LOGGING": False,
        "REPORTS_PER_MINUTE": 10_000,  # a whole suite asks for more than people do
        "MAILS_PER_MINUTE": 10_000,
        "RATE_LIMITS_ENABLED": False,  # tests call faster than people; those of the limits switch them on
        "API_V1_EXTENDED_UNTIL": "2999-12-31",  # the suite runs after the sunset too
    }
    return Settings.model_validate(named | others)


def migrate(database_url: str, state_dir: Path) -> None:
    """Bring a database up to date and load the shipped prices."""
    from webapp.factory import create_app  # here: tests of the pure rooms need no application
    from webapp.infra.db import db

    # Nothing has happened yet in a test's database: its audit begins empty.
    app = create_app(make_settings(database_url, state_dir, AUDIT_LOGGING_ENABLED=False))
    for command in (["db", "upgrade"], ["prices", "load"]):
        done = app.test_cli_runner().invoke(args=command)
        assert done.exit_code == 0, f"flask {' '.join(command)} failed: {done.output} {done.exception!r}"
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file nobody has open: closing the last connection folded its WAL in."""
    folder = tmp_path_factory.mktemp("template")
    migrate(f"sqlite:///{folder / 'template.db'}", folder)
    return folder / "template.db"


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a migrated PostgreSQL database that new ones are copied from."""
    _administer(postgres_url, "CREATE DATABASE template_mockupaws")
    migrate(_named(postgres_url, "template_mockupaws"), tmp_path_factory.mktemp("postgres"))
    return "template_mockupaws"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database of this test's own: SQLite, or each kind under the mark `both_databases`."""
    makers: dict[str, Callable[[pytest.FixtureRequest, Path], Iterator[str]]]
    makers = {"sqlite": _sqlite_copy, "postgresql": _postgres_copy}
    yield from makers[getattr(request, "param", "sqlite")](request, tmp_path)


def _sqlite_copy(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    template: Path = request.getfixturevalue("sqlite_template")
    shutil.copyfile(template, folder / "test.db")
    yield f"sqlite:///{folder / 'test.db'}"


def _postgres_copy(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    server: str = request.getfixturevalue("postgres_url")
    template: str = request.getfixturevalue("postgres_template")
    name = f"test_{next(_numbers)}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _named(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)


def _administer(server: str, statement: str) -> None:
    address = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute(statement)
