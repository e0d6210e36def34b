"""Who is calling: a person with a session."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Response, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user

from webapp.domain.errors import NotFound, Unauthenticated
from webapp.domain.words import N_, phrase
from webapp.services.accounts import Account, get_account

#: Where somebody signs in; takes `next`.
SIGN_IN = "accounts.sign_in"
_STAYS_SIGNED_IN = timedelta(days=14)

P = ParamSpec("P")


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person behind a session, as templates see it: `current_user.email`."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.id = str(account.id)
        self.email = account.email


def init_identity(app: Flask) -> None:
    """Recognise people by their session."""
    app.config.setdefault("PERMANENT_SESSION_LIFETIME", _STAYS_SIGNED_IN)
    manager = LoginManager(app)
    manager.user_loader(_load)


def login_account(account: Account) -> None:
    """Begin a session for `account`. What a former one held is dropped, so that none can be planted."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(account))


def logout() -> None:
    """End the session, with everything in it."""
    session.clear()
    forget_caller()


def forget_caller() -> None:
    """Take the rest of this request as nobody's, without asking the database who it is. The session stays."""
    g._login_user = AnonymousUserMixin()


def current_account() -> Account | None:
    """The account signed in, None for a visitor."""
    return current_user.account if current_user.is_authenticated else None


def current_owner_id() -> UUID:
    """Id of the account signed in. Raises Unauthenticated for a visitor."""
    account = current_account()
    if account is None:
        raise Unauthenticated(phrase(N_("Sign in first.")))
    g.caller = str(account.id)
    return account.id


def login_required(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Let only people with a session through; send others to sign in and then back to where they were."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if current_user.is_authenticated else to_sign_in()

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


def _load(account_id: str) -> SignedIn | None:
    try:
        return SignedIn(get_account(UUID(account_id)))
    except (NotFound, ValueError):
        return None
