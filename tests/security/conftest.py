"""Who attacks, and who is attacked: people with browsers, and a program with a key."""

import pytest

# As fixtures: pytest finds them by these names.
from tests.api.callers import Caller, MakeCaller
from tests.api.conftest import make_caller  # noqa: F401
from tests.web.conftest import ada, sign_up, stranger, visitor  # noqa: F401


@pytest.fixture
def program(make_caller: MakeCaller) -> Caller:  # noqa: F811
    """A program of somebody else's, which may do everything with their own."""
    return make_caller("grace", "read", "write", "ingest")
