"""Fixtures of the API tests: callers, and a record of the jobs sent."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.callers import Caller, MakeCaller
from webapp.infra.db import unit_of_work
from webapp.services.accounts import register_account
from webapp.services.keys import create_key


@pytest.fixture
def make_caller(app: Flask, client: FlaskClient) -> MakeCaller:
    """`make_caller("ada", "read")`: the account of ada with a key of these scopes."""
    owners: dict[str, UUID] = {}

    def make(name: str, *scopes: str) -> Caller:
        with app.app_context(), unit_of_work():
            if name not in owners:
                owners[name] = register_account(f"{name}@example.com", "correct horse").id
            key = create_key(owners[name], "tests", scopes)
        return Caller(client, owners[name], key.card.id, {"X-API-Key": key.secret})

    return make


@pytest.fixture
def ada(make_caller: MakeCaller) -> Caller:
    """May do everything with her own."""
    return make_caller("ada", "read", "write", "ingest")


@pytest.fixture
def eve(make_caller: MakeCaller) -> Caller:
    """May do everything, and nothing with Ada's."""
    return make_caller("eve", "read", "write", "ingest")
