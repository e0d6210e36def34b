"""Version 1 and version 2 share one limit, and version 1 says so in its own words."""

import pytest

from tests.api.callers import MakeCaller
from webapp.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Limits are counted."""
    return settings.model_copy(update={"rate_limits_enabled": True})


def test_calls_of_both_versions_count_together(make_caller: MakeCaller) -> None:
    ada = make_caller("ada", "read")
    left = [
        int(ada.get(path).headers["X-RateLimit-Remaining"])
        for path in ("/api/v1/scenarios", "/scenarios", "/api/v1/scenarios", "/api/v1/price")
    ]
    assert left == [left[0], left[0] - 1, left[0] - 2, left[0] - 3]


def test_past_the_limit_version_1_answers_with_a_detail(make_caller: MakeCaller) -> None:
    ada = make_caller("ada", "read")
    refused = next(
        answer for answer in (ada.get("/api/v1/auth/me") for _ in range(200)) if answer.status_code != 200
    )
    assert refused.status_code == 429
    assert set(refused.get_json()) == {"detail"} and isinstance(refused.get_json()["detail"], str)
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["X-RateLimit-Limit"] == "100"
    assert "Deprecation" in refused.headers
