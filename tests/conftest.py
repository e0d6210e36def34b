"""What every test may ask for. The fixtures themselves live in tests/stack, one module per real thing."""

from pathlib import Path

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


#: Where a test takes seconds: real workers, real faults, a real browser.
_SLOW = ("faults", "worker", "browser", "architecture")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow rooms begin: side by side, no process is left with a long file when all others are done."""
    rooms = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(rooms).parts[0] not in _SLOW)
