"""What service tests begin with: an application context and two people."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask

from webapp.infra.db import unit_of_work
from webapp.services.accounts import register_account


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An open application context: what a request or a task would have."""
    with app.app_context():
        yield


@pytest.fixture
def owner(context: None) -> UUID:
    with unit_of_work():
        return register_account("ada@example.com", "correct horse battery").id


@pytest.fixture
def stranger(context: None) -> UUID:
    with unit_of_work():
        return register_account("eve@example.com", "correct horse battery").id
