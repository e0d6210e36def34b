"""Who is calling: a person with a session.

The cookie carries a random secret and nothing else of importance; the row it opens decides, at every request.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Request, Response, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user
from sqlalchemy.exc import SQLAlchemyError

from webapp.domain.errors import NotFound, Unauthenticated
from webapp.domain.words import N_, phrase
from webapp.edge.headers import is_api
from webapp.infra.caller import identify
from webapp.infra.db import roll_back, unit_of_work
from webapp.services.accounts import Account
from webapp.services.sessions import (
    LASTS,
    LiveSession,
    NewSession,
    begin_session,
    note_seen,
    recognise_session,
    renew_secret,
    sign_out,
)

#: Where somebody signs in; takes `next`.
SIGN_IN = "accounts.sign_in"
#: Where Flask-Login keeps what its loader is called with: here the secret of the session.
_SECRET = "_user_id"  # noqa: S105 - a name
_log = logging.getLogger(__name__)

P = ParamSpec("P")


class _Cookies(SecureCookieSessionInterface):
    """Sessions of pages. The API looks at no cookie, so it opens none and sets none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return SecureCookieSession() if is_api(request.path) else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not is_api(request.path):
            super().save_session(app, session, response)


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person behind a session, as templates see it: `current_user.email`."""

    def __init__(self, live: LiveSession | NewSession, secret: str) -> None:
        self.account = live.account
        self.session_id = live.id
        self.email = live.account.email
        self._secret = secret

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie."""
        return self._secret


def init_identity(app: Flask) -> None:
    """Recognise people by their session."""
    app.session_interface = _Cookies()
    app.config.setdefault("PERMANENT_SESSION_LIFETIME", LASTS)
    # A late answer to an earlier request must not bring back the cookie of before a sign-in.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    manager = LoginManager(app)
    # An address that changes on the way home is nobody's fault; a copied cookie is ended by its row.
    manager.session_protection = None
    manager.user_loader(_load)
    app.after_request(_note_seen)


def login_account(account: Account, method: str = "password") -> None:
    """Begin a session for `account`, which has just proven itself by `method`, and end the one before.

    What the former one held is dropped, so that none can be planted. Opens its own unit of work.
    """
    former = current_session_id()
    with unit_of_work():
        if former is not None:
            sign_out(current_user.account.id, former)
        new = begin_session(account, method)
    session.clear()
    session.permanent = True
    login_user(SignedIn(new, new.secret))
    identify("session", account.id, new.id, account.plan)


def renew_session() -> None:
    """Give this session a new secret, after every change of what its account may do or how it is proven."""
    signed_in = current_user._get_current_object()
    with unit_of_work():
        session[_SECRET] = renew_secret(signed_in.session_id)


def logout() -> None:
    """End the session, with everything in it. Opens its own unit of work."""
    account, ended = current_account(), current_session_id()
    if account is not None and ended is not None:
        with unit_of_work():
            sign_out(account.id, ended)
    session.clear()
    forget_caller()


def forget_caller() -> None:
    """Take the rest of this request as nobody's, without asking the database who it is. The session stays."""
    g._login_user = AnonymousUserMixin()


def current_account() -> Account | None:
    """The account signed in, None for a visitor."""
    return current_user.account if current_user.is_authenticated else None


def current_session_id() -> UUID | None:
    """The session signed in, None for a visitor."""
    return current_user.session_id if current_user.is_authenticated else None


def current_owner_id() -> UUID:
    """Id of the account signed in. Raises Unauthenticated for a visitor."""
    account = current_account()
    if account is None:
        raise Unauthenticated(phrase(N_("Sign in first.")))
    return account.id


def login_required(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Let only people with a session through; send others to sign in and then back to where they were."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if current_user.is_authenticated else to_sign_in()

    return guarded


def admin_required(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Let only administrators through. For others the page does not exist; visitors sign in first."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        account = current_account()
        if account is not None and not account.is_admin:
            raise NotFound(phrase(N_("There is nothing at this address.")))
        return to_sign_in() if account is None else view(*args, **kwargs)

    return guarded


def to_sign_in() -> ResponseReturnValue:
    """The answer that brings a visitor to the sign-in page, and back afterwards.

    A fragment cannot hold that page: htmx is told to go there as a whole.
    """
    if request.headers.get("HX-Request") == "true":
        address = url_for(SIGN_IN, next=safe_next(_path_of(request.headers.get("HX-Current-URL", ""))))
        return Response(status=401, headers={"HX-Redirect": address})
    # What was posted is gone after signing in, so only a page that can be read again is a place to return to.
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(SIGN_IN, next=safe_next(back)), 303)


def safe_next(target: str | None) -> str | None:
    """`target` when it is a path on this site, else None: a link must not send people elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    # Browsers read a backslash as a slash and drop tabs and line breaks.
    if "\\" in target or any(character < " " or character == "\x7f" for character in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def _path_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _load(secret: str) -> SignedIn | None:
    live = recognise_session(secret)
    if live is None:
        return None
    identify("session", live.account.id, live.id, live.account.plan)
    if live.is_due:
        g.seen_session = live.id
    return SignedIn(live, secret)


def _note_seen(response: Response) -> Response:
    """Once a minute, after the view: a page only read must not write in the middle of itself."""
    seen = g.pop("seen_session", None)
    if seen is not None:
        try:
            with unit_of_work():
                note_seen(seen)
        except SQLAlchemyError as error:
            roll_back()
            _log.warning("When a session was last seen could not be noted: %s.", type(error).__name__)
    return response
