"""What every test may ask for. The fixtures themselves live in tests/stack, one module per real thing."""

import pytest

# A module stands after those it imports: pytest prepares each before its first import.
pytest_plugins = [
    "tests.stack.postgres",
    "tests.stack.valkeys",
    "tests.stack.databases",
    "tests.stack.application",
    "tests.stack.live",
    "tests.stack.browser",
]


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Replaces pytest-flask's: its open request context leaks the signed-in user between calls."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `both_databases` run on SQLite and on PostgreSQL."""
    if metafunc.definition.get_closest_marker("both_databases") and "database_url" in metafunc.fixturenames:
        metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
