"""The end of version 1: announced on each of its answers, explained on a page, and kept on its day."""

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from uuid import UUID

from flask import Blueprint, Flask, Response, render_template, request
from flask_babel import gettext
from werkzeug.routing import Rule

from webapp.api.answers import answer
from webapp.api.contract import Answer, operation
from webapp.api.moves import EVERYWHERE, MOVES, DeprecationJson, Move, move_to_json
from webapp.api.openapi.markdown import spans_of
from webapp.api.v1 import PREFIX
from webapp.api.v1.ingest import HEADER as SCENARIO_HEADER
from webapp.api.v1.refusals import write_detail
from webapp.domain.errors import Gone
from webapp.domain.words import N_, phrase
from webapp.edge.errors import write_refusals
from webapp.infra.clock import now
from webapp.infra.config import current_settings

#: Since when version 2 is the one to use.
DEPRECATED_ON = date(2026, 11, 1)
#: What describes version 1, and outlives it.
_DESCRIPTIONS = "api_docs"
_V2 = "/api/v2"
_ALL_OF_V2 = f"{_V2}/openapi.json"
_ID = re.compile(r"\{[a-z_]*id\}")
_DAY = timedelta(days=1)

deprecation = Blueprint("api_deprecation", __name__)


def init_deprecation(app: Flask) -> None:
    """Announce the end on every answer at /api/v1 and below, of unknown addresses too, and keep it."""
    write_refusals(app, PREFIX, write_detail)
    app.before_request(_refuse_after_sunset)
    app.after_request(_announce)
    app.register_blueprint(deprecation)


def sunset() -> datetime:
    """The last second in which version 1 answers."""
    settings = current_settings()
    last_day = max(settings.api_v1_sunset, settings.api_v1_extended_until or settings.api_v1_sunset)
    return _midnight(last_day + _DAY) - timedelta(seconds=1)


def _refuse_after_sunset() -> None:
    """Raise Gone below /api/v1 once its time is over; a browser's preflight still learns so."""
    if _is_v1() and request.method != "OPTIONS" and request.blueprint != _DESCRIPTIONS and _is_over():
        message = N_("Version 1 of the API ended on %(day)s. Use %(successor)s; %(page)s explains the move.")
        raise Gone(
            phrase(message, day=sunset().date().isoformat(), successor=_successor(), page="/api/deprecation")
        )


def _announce(response: Response) -> Response:
    if _is_v1():
        response.headers["Deprecation"] = f"@{int(_midnight(DEPRECATED_ON).timestamp())}"
        response.headers["Sunset"] = format_datetime(sunset(), usegmt=True)
        response.headers.add("Link", f'<{_successor()}>; rel="successor-version"')
        response.headers.add("Link", '</api/deprecation>; rel="deprecation"; type="text/html"')
    return response


def _is_v1() -> bool:
    path = request.path
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _is_over() -> bool:
    return now() >= sunset() + timedelta(seconds=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _successor() -> str:
    """The address in version 2 that takes the place of the one asked for; all of it for an unknown one."""
    move = None if request.url_rule is None else _move_of(request.method, request.url_rule)
    # The path says which scenario is meant; the header counts where the path names none.
    ids = _named_scenario() | {name: str(value) for name, value in (request.view_args or {}).items()}
    try:
        return _ALL_OF_V2 if move is None else move.new_path.format(**ids)
    except KeyError:  # no scenario is named to send events to
        return _ALL_OF_V2


def _move_of(method: str, rule: Rule) -> Move | None:
    asked = ("GET" if method == "HEAD" else method, rule.rule.replace("<uuid:", "{").replace(">", "}"))
    return next((move for move in MOVES if (move.method, move.path) == asked), None)


def _named_scenario() -> dict[str, str]:
    """The id in the header of version 1, where it is one: nothing else of a request goes into a header."""
    try:
        return {"scenario_id": str(UUID(request.headers[SCENARIO_HEADER].strip()))}
    except (KeyError, ValueError):
        return {}


@deprecation.get("/api/deprecation")
@operation(
    "The move to version 2",
    tag="About",
    answers={
        200: Answer(
            DeprecationJson,
            "Route by route, as JSON or as a page.",
            ("application/json", "text/html"),
        )
    },
)
def show_deprecation() -> Response:
    """What takes the place of each route of version 1, until when it answers, and what changes."""
    wanted = request.accept_mimetypes.best_match(("application/json", "text/html"), "application/json")
    response = _page() if wanted == "text/html" else answer(_document())
    response.vary.add("Accept")
    return response


def _page() -> Response:
    return Response(
        render_template(
            "api/deprecation.html",
            moves=[_row(move) for move in MOVES],
            everywhere=[spans_of(gettext(sentence)) for sentence in EVERYWHERE],
            prefixes=(PREFIX, _V2),
            deprecated_on=DEPRECATED_ON,
            sunset_on=sunset().date(),
            is_over=_is_over(),
            days_left=(sunset().date() - now().date()).days,
        ),
        mimetype="text/html",
    )


def _row(move: Move) -> dict[str, object]:
    """A move as a line shows it: what the heading says of every path is left out, and ids are ids."""
    return {
        "method": move.method,
        "path": _ID.sub("{id}", move.path.removeprefix(PREFIX)),
        "new_method": move.new_method,
        "new_path": _ID.sub("{id}", move.new_path.removeprefix(_V2)),
        "changes": spans_of(gettext(move.changes)),
    }


def _document() -> DeprecationJson:
    return {
        "version": "v1",
        "successor": "v2",
        "deprecated_on": DEPRECATED_ON,
        "sunset_at": sunset(),
        "ended": _is_over(),
        "everywhere": list(EVERYWHERE),
        "routes": [move_to_json(move) for move in MOVES],
    }
