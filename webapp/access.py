"""Who is asking: the account behind a request, and which routes admit it.

Pages for everybody look at no session, so that their answers stay the same for all and are kept.
A route that does not admit an account answers as if it were not there.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from geo.errors import HuituError, ProblemKind
from geo.types import Text
from webapp import accounts, keys, security
from webapp.accounts import Account, Attempt, Person, Provider
from webapp.database import database
from webapp.settings import Settings

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer

#: Everything below it is for those who are signed in; whether it is there is told to nobody else.
DESK = "/desk"

_PROVIDER = "huitu.provider"

SIGN_IN_FIRST = ProblemKind(
    "sign-in-first",
    "error",
    Text(zh="请先登录", en="Sign in first"),
    Text(zh="在 {address} 登录后再试", en="Sign in at {address} and try again"),
)


class NotSignedIn(HuituError):  # noqa: N818 - the name says it
    """Whoever asks must say who they are first."""


class Visitor(UserMixin):  # type: ignore[misc]
    """An account behind a request, with the secret of its sign-in."""

    def __init__(self, account: Account, token: str) -> None:
        self.account = account
        self.token = token

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed session cookie."""
        return self.token


def install(app: Flask, settings: Settings) -> None:
    """Let every request be asked for its account, where its route wants one."""
    app.session_interface = _Sessions(settings)
    app.config.update(
        SESSION_COOKIE_NAME="huitu_desk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        HUITU_SESSION_IDLE=timedelta(hours=settings.session_hours),
    )
    CSRFProtect(app)
    app.extensions[_PROVIDER] = accounts.Provider.of(settings)
    manager = LoginManager()
    manager.session_protection = "strong"
    manager.user_loader(_load)
    # Not by init_app(): that would look at the session of every answer, those for everybody too.
    app.login_manager = manager  # type: ignore[attr-defined]
    app.jinja_env.globals.update(
        current_account=account,
        sign_in_provider=provider,
        admits=accounts.admits,
        role_title=accounts.ROLES.get,
    )
    app.before_request(_admit)
    app.after_request(_keep_nothing)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def account() -> Account | None:
    """The account that asks; None for everybody else."""
    found: Account | None = getattr(current_user, "account", None)
    return found


def person() -> Person:
    """Who asks, on a route that admits accounts only."""
    found = account()
    if found is None:
        abort(404)
    return Person(found.name, found.shown_as)


def provider() -> Provider | None:
    """Where one may sign in without a password of ours; None where nobody may."""
    found: Provider | None = current_app.extensions[_PROVIDER]
    return found


def keep(attempt: Attempt, wanted: str) -> None:
    """Keep a sign-in that was begun in the browser's session."""
    session["provider"] = {**asdict(attempt), "next": wanted}


def kept_attempt() -> tuple[Attempt | None, str]:
    """The sign-in that was begun, once, and where it leads."""
    kept = session.pop("provider", None)
    if kept is None:
        return None, ""
    wanted = kept.pop("next")
    return Attempt(**kept), wanted


def enter(token: str) -> None:
    """Begin the session of a sign-in, until the browser is closed; what stood there is gone.

    It is bound to the browser and its address: Flask-Login does that for such sessions only.
    """
    session.clear()
    found = _load(token)
    if found is not None:
        login_user(found)


def leave() -> None:
    """End the session, in this browser and on every worker."""
    token = getattr(current_user, "token", None)
    if token is not None:
        accounts.sign_out(database(), token)
    logout_user()
    session.clear()


def own_desk_address(wanted: str) -> str:
    """An address of the desk that somebody was on the way to; the desk itself for any other."""
    parts = urlsplit(wanted)
    inside = parts.path == DESK or parts.path.startswith(f"{DESK}/")
    own = not parts.scheme and not parts.netloc and "\\" not in wanted
    return f"{request.script_root}{wanted}" if inside and own else url_for("desk.home")


def _load(token: str) -> Visitor | None:
    idle: timedelta = current_app.config["HUITU_SESSION_IDLE"]
    found = accounts.signed_in(database(), token, idle)
    return None if found is None else Visitor(found, token)


def _admit() -> AnyResponse | None:
    """Let a request through, send it to sign in, or answer as if there were nothing."""
    route = security.ROUTES.get(request.endpoint or "")
    audience = route.role if route else None
    if audience == "public":
        if route and route.guarded:
            _refuse_without_token()
        return None
    if not request.path.startswith(f"{DESK}/") and request.path != DESK and audience is None:
        return None
    asking = account()
    if asking is None:
        return _send_to_sign_in(route)
    if audience is None or not accounts.admits(audience, asking.role):
        abort(404)
    if route and route.writes:
        _refuse_without_token()
    return None


def _refuse_without_token() -> None:
    """A form that writes carries the token of its session."""
    if request.method == "POST":
        current_app.extensions["csrf"].protect()


def _send_to_sign_in(route: security.Route | None) -> AnyResponse:
    address = url_for("accounts.sign_in")
    if request.method in {"GET", "HEAD"} and (route is None or route.kind == "page"):
        wanted = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in", next=wanted), 303)
    raise NotSignedIn(SIGN_IN_FIRST.at(address=address))


def _keep_nothing(response: Response) -> Response:
    """No cache keeps what only an account may see, nor a form with a token in it."""
    route = security.ROUTES.get(request.endpoint or "")
    if route is None or route.role != "public" or route.guarded:
        response.headers["Cache-Control"] = "no-store"
    return response


class _Sessions(SecureCookieSessionInterface):
    """Signed cookies; the key is looked for when the first session is, in each process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """None (and so no sessions) where the data folder can keep no key."""
        if not app.secret_key:
            try:
                app.secret_key = keys.session_key(self._settings)
            except OSError:
                return None
        return super().get_signing_serializer(app)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Over https the cookie never goes out over http."""
        return request.is_secure
