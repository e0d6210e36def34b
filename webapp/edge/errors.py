"""Every refusal and failure, in the words of the face that was asked. No stack trace leaves the house."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from webapp.domain import errors as domain
from webapp.domain.words import N_, translated
from webapp.edge.headers import is_api
from webapp.edge.identity import forget_caller
from webapp.edge.problems import KEY_REUSED, SECOND_FACTOR, problem_document, problem_response
from webapp.infra.db import roll_back
from webapp.infra.logs import correlation_id

_log = logging.getLogger(__name__)

_STATUS: Mapping[type[domain.DomainError], int] = {
    domain.InvalidInput: 422,
    domain.Malformed: 400,
    domain.TooLarge: 413,
    domain.NotFound: 404,
    domain.Conflict: 409,
    domain.Unauthenticated: 401,
    domain.Forbidden: 403,
    domain.PreconditionFailed: 412,
    domain.TooMany: 429,
    domain.Gone: 410,
    domain.Unavailable: 503,
}
#: Names of problems whose status does not name them.
_KINDS: Mapping[type[domain.DomainError], str] = {
    domain.KeyReused: KEY_REUSED,
    domain.SecondFactorRequired: SECOND_FACTOR,
}
_TITLES: Mapping[int, str] = {
    400: N_("This could not be read"),
    401: N_("No valid sign-in"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("Not possible here"),
    409: N_("Not possible now"),
    410: N_("Gone"),
    412: N_("Changed meanwhile"),
    413: N_("Too large"),
    415: N_("Not this kind of content"),
    416: N_("No such part"),
    422: N_("Some values are not right"),
    429: N_("Too many requests"),
    500: N_("Something went wrong here"),
    503: N_("Away for a moment"),
}
_DETAILS: Mapping[int, str] = {
    404: N_("There is nothing at this address."),
    405: N_("This address does not do that; the header Allow says what it does."),
    416: N_("The file has no such range of bytes; the header Content-Range says how long it is."),
    500: N_("This is our mistake and has been noted. Try again; if it stays, tell us the correlation id."),
    503: N_("A part this needs is away for now. Nothing was lost; try again in a moment."),
}
#: Blueprints under /api with pages for people.
_PAGES_OF_API = ("api_docs", "api_deprecation")
#: Headers of a refusal that say what would work.
_KEPT_HEADERS = ("Allow", "Content-Range", "Retry-After", "WWW-Authenticate")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a face needs to answer."""

    status: int
    detail: str
    problems: tuple[domain.Problem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Names the problem where its status does not.
    kind: str = ""

    @property
    def title(self) -> str:
        return _TITLES.get(self.status, N_("This did not work"))


def init_errors(app: Flask) -> None:
    """Answer every error. A mistake of ours still reaches a test as the exception it is."""
    app.register_error_handler(domain.DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(500, _our_mistake)


def _domain_error(error: domain.DomainError) -> Response:
    return answer(refusal_of(error))


def refusal_of(error: domain.DomainError) -> Refusal:
    """What `error` is answered with."""
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)
    problems = error.problems if isinstance(error, domain.InvalidInput) else ()
    return Refusal(status, error.message, problems, _headers_of(error, status), _KINDS.get(type(error), ""))


def problem_of(error: domain.DomainError) -> dict[str, object]:
    """`error` as a problem document, for an answer that holds several."""
    refusal = refusal_of(error)
    return problem_document(refusal.status, refusal.title, refusal.detail, refusal.problems, refusal.kind)


def _headers_of(error: domain.DomainError, status: int) -> Mapping[str, str]:
    if isinstance(error, domain.TooMany):
        return {"Retry-After": str(error.retry_after_s)}
    if status == 503:
        return {"Retry-After": "5"}
    if status == 401 and is_api(request.path):
        return {"WWW-Authenticate": 'Bearer realm="mockupAWS"'}
    return {}


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect
    sent = dict(error.get_headers())
    headers = {name: sent[name] for name in _KEPT_HEADERS if name in sent}
    return answer(Refusal(error.code, _DETAILS.get(error.code) or error.description or "", headers=headers))


def _csrf_error(error: CSRFError) -> Response:
    _log.info("CSRF check failed: %s", error.description)
    return answer(
        Refusal(400, N_("This form was open too long or in another session. Reload it and send again."))
    )


def _database_error(error: SQLAlchemyError) -> Response:
    if not _is_away(error):
        raise error
    _log.error("Database away: %s", type(error.__cause__ or error).__name__, exc_info=error)
    roll_back()
    forget_caller()  # the page of this error must not ask the database who reads it
    return answer(Refusal(503, _DETAILS[503], headers={"Retry-After": "5"}))


def _is_away(error: SQLAlchemyError) -> bool:
    """Whether the database, not our question, is at fault."""
    if isinstance(error, PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and not isinstance(
        error, IntegrityError | DataError | ProgrammingError
    )


def _our_mistake(error: Exception) -> Response:
    forget_caller()
    return answer(Refusal(500, _DETAILS[500]))


def write_refusals(app: Flask, prefix: str, write: Callable[[Refusal], Response]) -> None:
    """Let `write` answer every refusal at `prefix` and below but those of pages, unknown addresses too."""
    app.extensions.setdefault("refusal_writers", {})[prefix] = write


def answer(refusal: Refusal) -> Response:
    """`refusal` as problem+json under /api, as a page elsewhere, or as a face of its own writes it."""
    if not is_api(request.path) or _is_page_of_api():
        response = make_response(_page(refusal), refusal.status)
        response.headers.update(refusal.headers)
        return response
    for prefix, write in current_app.extensions.get("refusal_writers", {}).items():
        if request.path == prefix or request.path.startswith(f"{prefix}/"):
            written: Response = write(refusal)
            return written
    return problem_response(
        refusal.status, refusal.title, refusal.detail, refusal.problems, refusal.headers, refusal.kind
    )


def _is_page_of_api() -> bool:
    """Whether a browser asks for a page under /api; programs that read it get what the API answers."""
    if request.blueprint not in _PAGES_OF_API:
        return False
    offered = ("application/json", "text/html")
    return request.accept_mimetypes.best_match(offered, offered[0]) == "text/html"


def _page(refusal: Refusal) -> str | Response:
    title, detail = gettext(refusal.title), translated(refusal.detail, gettext)
    try:
        return render_template(
            f"errors/{refusal.status}.html",
            status=refusal.status,
            title=title,
            detail=detail,
            correlation_id=correlation_id(),
        )
    except TemplateNotFound:
        pass  # a rare status has no page of its own
    except Exception:
        # Whatever broke the page may break its error page too; the plain sentence still gets out.
        _log.exception("The error page for %s could not be made.", refusal.status)
    text = f"{title}\n\n{detail}\n\n{correlation_id()}\n"
    return Response(text, content_type="text/plain; charset=utf-8")
