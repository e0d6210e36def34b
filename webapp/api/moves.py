"""Where each route of version 1 has gone, and what changes on the way."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from webapp.domain.words import N_


@dataclass(frozen=True, slots=True)
class Move:
    """One route of version 1 and its successor; what varies in a path stands in braces."""

    method: str
    path: str
    new_method: str
    new_path: str
    changes: str


class MoveJson(TypedDict):
    """Where one route of version 1 has gone."""

    method: str
    path: str
    successor_method: str
    successor_path: str
    changes: str


class DeprecationJson(TypedDict):
    """The end of version 1."""

    version: str
    successor: str
    deprecated_on: date
    sunset_at: Annotated[datetime, Field(description="The last second in which it answers.")]
    ended: bool
    everywhere: Annotated[list[str], Field(description="What is different on every route.")]
    routes: list[MoveJson]


_SCENARIO_SHAPE = N_(
    "The answer is the whole document. Cost is not part of it: ask `/estimate` or `/metrics`. "
    "`version` and `ETag` guard against lost updates."
)
_REPORT_SHAPE = N_(
    "`created_at`, `completed_at`, `file_size_bytes` and `error` are called `requested_at`, `finished_at`, "
    "`size_bytes` and `reason`."
)

MOVES: tuple[Move, ...] = (
    Move(
        "GET", "/api/v1/scenarios", "GET", "/api/v2/scenarios",
        N_("Pages follow `cursor` and `limit`; `Link` names the next. Search, tags and `fields` are new."),
    ),
    Move(
        "POST", "/api/v1/scenarios", "POST", "/api/v2/scenarios",
        N_("`region` has to be stated. `commitment`, prices of your own and `Idempotency-Key` are new."),
    ),
    Move("GET", "/api/v1/scenarios/{scenario_id}", "GET", "/api/v2/scenarios/{scenario_id}", _SCENARIO_SHAPE),
    Move(
        "PUT", "/api/v1/scenarios/{scenario_id}", "PATCH", "/api/v2/scenarios/{scenario_id}",
        N_("PATCH changes the fields that are sent, as PUT did. `If-Match` guards against lost updates."),
    ),
    Move(
        "DELETE", "/api/v1/scenarios/{scenario_id}", "DELETE", "/api/v2/scenarios/{scenario_id}",
        N_("The same."),
    ),
    Move(
        "GET", "/api/v1/scenarios/{scenario_id}/metrics", "GET", "/api/v2/scenarios/{scenario_id}/metrics",
        N_("Amounts are exact texts. `cost_breakdown` is `by_service`; counts are in `recording.measures`."),
    ),
    Move(
        "GET", "/api/v1/scenarios/{scenario_id}/reports", "GET", "/api/v2/reports?scenario_id={scenario_id}",
        _REPORT_SHAPE,
    ),
    Move(
        "POST", "/api/v1/scenarios/{scenario_id}/reports",
        "POST", "/api/v2/scenarios/{scenario_id}/reports", _REPORT_SHAPE,
    ),
    Move("GET", "/api/v1/reports/{report_id}", "GET", "/api/v2/reports/{report_id}", _REPORT_SHAPE),
    Move(
        "GET", "/api/v1/reports/{report_id}/status", "GET", "/api/v2/reports/{report_id}/status",
        N_("`error` is called `reason`; `notice` says what holds a queued report up."),
    ),
    Move(
        "GET", "/api/v1/reports/{report_id}/download", "GET", "/api/v2/reports/{report_id}/download",
        N_("The same."),
    ),
    Move(
        "POST", "/api/v1/ingest", "POST", "/api/v2/scenarios/{scenario_id}/ingest",
        N_("The scenario stands in the address instead of `X-Scenario-ID`; the receipt names bad lines."),
    ),
    Move(
        "POST", "/api/v1/auth/register", "POST", "/api/v2/auth/register", N_("The same."),
    ),
    Move(
        "POST", "/api/v1/auth/login", "POST", "/api/v2/auth/login",
        N_("A refresh token comes with the access token; a second factor is asked for by `code`."),
    ),
    Move(
        "GET", "/api/v1/auth/me", "GET", "/api/v2/auth/me", N_("Scopes are named too."),
    ),
)  # fmt: skip

#: What is different everywhere.
EVERYWHERE: tuple[str, ...] = (
    N_('Money and exact quantities are texts (`"12.4"`) instead of numbers rounded to cents.'),
    N_('Refusals are problem documents (RFC 9457) with a stable `type`, instead of `{"detail": ...}`.'),
    N_("API keys and access tokens are the same, and so are limits."),
)


def move_to_json(move: Move) -> MoveJson:
    return {
        "method": move.method,
        "path": move.path,
        "successor_method": move.new_method,
        "successor_path": move.new_path,
        "changes": move.changes,
    }
