"""Version 1 is called by the callers of version 2, before the day it ends on."""

import pytest
from flask import Flask

from tests.api.conftest import ada, eve, make_caller  # noqa: F401 - fixtures
from tests.stack.application import Clock
from webapp.settings import Settings


@pytest.fixture(autouse=True)
def _before_its_end(app: Flask, clock: Clock) -> None:
    """The sunset is the one an installation has; that it is past once this suite runs is no matter."""
    settings = app.extensions["settings"]
    assert isinstance(settings, Settings)
    app.extensions["settings"] = settings.model_copy(update={"api_v1_extended_until": None})
