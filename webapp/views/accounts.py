"""Signing in and out, one's own password, and the administrator's page of accounts."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from geo.errors import HuituError, InputError, ProblemKind
from geo.types import Text
from webapp import access, accounts, limits
from webapp.accounts import ROLES, Account, Attempt, Provider
from webapp.answers import send_page
from webapp.database import database
from webapp.errors import status_of
from webapp.forms import Form

blueprint = Blueprint("accounts", __name__)

_NAME = Text(zh="帐号", en="Account")
_SHOWN = Text(zh="显示的姓名", en="Name shown")
_ROLE = Text(zh="角色", en="Role")
_NAME_MOST, _SHOWN_MOST = 64, 60

NOT_ALIKE = ProblemKind(
    "password-not-alike",
    "error",
    Text(zh="两次输入的密码不一样", en="The two passwords are not alike"),
    Text(zh="重新输入", en="Type both again"),
)
WRONG_OLD = ProblemKind(
    "password-old-wrong",
    "error",
    Text(zh="现在的密码不对", en="The present password is wrong"),
    Text(zh="核对后再试", en="Check it and try again"),
)


@blueprint.route("/desk/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    """Sign in with a password; leads to where one was going."""
    form, wanted = Form(request.form), request.values.get("next", "")
    if request.method == "GET":
        if access.account() is not None:
            return redirect(access.own_desk_address(wanted), 303)
        return _page("accounts/sign_in.html", form, wanted=wanted)
    try:
        limits.count_sign_in()
        name = form.text("name", _NAME, most=_NAME_MOST)
        form.refuse()
        token = accounts.sign_in(database(), name, form.secret("password"))
    except HuituError as error:
        return _again("accounts/sign_in.html", form, error, wanted=wanted)
    access.enter(token)
    return redirect(access.own_desk_address(wanted), 303)


@blueprint.get("/desk/sign-in/provider")
def to_provider() -> Response:
    """Begin to sign in at the provider of the settings."""
    provider, wanted = _provider(), request.args.get("next", "")
    attempt = Attempt.new()
    try:
        limits.count_sign_in()
        address = provider.address(attempt, _back())
    except HuituError as error:
        return _again("accounts/sign_in.html", Form(MultiDict()), error, wanted=wanted)
    access.keep(attempt, wanted)
    return redirect(address, 303)


@blueprint.get("/desk/sign-in/back")
def from_provider() -> Response:
    """Come back from the provider, signed in or told why not."""
    provider, (attempt, wanted) = _provider(), access.kept_attempt()
    try:
        limits.count_sign_in()
        known = provider.vouched(attempt, request.args, _back())
        token = accounts.sign_in_known(database(), known, provider.new_role)
    except HuituError as error:
        return _again("accounts/sign_in.html", Form(MultiDict()), error, wanted=wanted)
    access.enter(token)
    return redirect(access.own_desk_address(wanted), 303)


@blueprint.route("/desk/sign-out", methods=["GET", "POST"])
def sign_out() -> Response:
    """Sign out of this browser."""
    if request.method == "POST":
        access.leave()
        return redirect(url_for("accounts.sign_in"), 303)
    return redirect(url_for("desk.home"), 303)


@blueprint.route("/desk/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> Response:
    """Set a password by a one-time link; the first of all makes the administrator."""
    form = Form(request.form)
    with database().reading() as session:
        named = accounts.opened_link(session, token).account
    if request.method == "GET":
        return _page("accounts/welcome.html", form, named=named)
    try:
        name = named.name if named else form.text("name", _NAME, most=_NAME_MOST)
        shown_as = form.text("shown_as", _SHOWN, most=_SHOWN_MOST, required=False)
        password = _new_password(form, name)
        form.refuse()
        with database().writing() as session:
            secret = accounts.use_link(
                session, token, password=password, name=name, shown_as=shown_as
            )
    except InputError as error:
        return _again("accounts/welcome.html", form, error, named=named)
    access.enter(secret)
    return redirect(url_for("desk.home"), 303)


@blueprint.route("/desk/account", methods=["GET", "POST"])
def own() -> Response:
    """One's own account: change the password."""
    form, name = Form(request.form), access.person().name
    if request.method == "GET":
        return _page("accounts/own.html", form)
    try:
        password = _new_password(form, name)
        form.refuse()
        token = _change_own(name, form.secret("old"), password)
    except HuituError as error:
        return _again("accounts/own.html", form, error)
    access.enter(token)
    return redirect(url_for("accounts.own", changed=1), 303)


@blueprint.route("/desk/accounts", methods=["GET", "POST"])
def index() -> Response:
    """All accounts; a new one is added with a link for its owner."""
    form = Form(request.form)
    if request.method == "GET":
        return _accounts(form)
    try:
        name = form.text("name", _NAME, most=_NAME_MOST)
        shown_as = form.text("shown_as", _SHOWN, most=_SHOWN_MOST, required=False)
        role = form.choice("role", _ROLE, ROLES)
        form.refuse()
        by = access.person().name
        with database().writing() as session:
            added = accounts.add(session, name, role, by=by, shown_as=shown_as)
            session.flush()
            link = accounts.link_for(session, added, by=by)
    except InputError as error:
        _take(form, error)
        return _accounts(form, status=400)
    return _accounts(Form(MultiDict()), link=_welcome(link), linked=added)


@blueprint.route("/desk/accounts/<name>", methods=["GET", "POST"])
def change(name: str) -> Response:
    """Give an account another role, a new link, close it or open it again."""
    if request.method == "GET":
        return redirect(url_for("accounts.index"), 303)
    form, by = Form(request.form), access.person().name
    try:
        with database().writing() as session:
            account = accounts.named(session, name)
            link = _changed(session, account, form, by)
    except InputError as error:
        _take(form, error)
        return _accounts(Form(MultiDict()), status=400, error=error)
    if link:
        return _accounts(Form(MultiDict()), link=_welcome(link), linked=account)
    return redirect(url_for("accounts.index"), 303)


def _changed(session: Session, account: Account, form: Form, by: str) -> str | None:
    """Do what the form's button says; give a link's secret where it asks for one."""
    what = form.choice("do", _ROLE, ("role", "link", "close", "open"))
    form.refuse()
    if what == "link":
        return accounts.link_for(session, account, by=by)
    if what == "role":
        accounts.change_role(session, account, form.value("role"), by=by)
    elif what == "close":
        accounts.close(session, account, by=by)
    else:
        accounts.reopen(session, account, by=by)
    return None


def _change_own(name: str, old: str, new: str) -> str:
    """Change a password; every other browser is signed out, this one signed in anew."""
    with database().writing() as session:
        account = accounts.named(session, name)
        if not accounts.has_password(account, old):
            raise InputError(WRONG_OLD.at(field="old"))
        accounts.set_password(session, account, new, by=name)
        return accounts.begin(session, account)


def _new_password(form: Form, name: str) -> str:
    """A password that is good enough for an account, typed twice alike."""
    password = form.secret("password")
    form.add(accounts.check_strength(password, name))
    if password != form.secret("again"):
        form.add([NOT_ALIKE.at(field="again")])
    return password


def _provider() -> Provider:
    """The provider; where there is none, nothing is at these addresses."""
    found = access.provider()
    if found is None:
        abort(404)
    return found


def _back() -> str:
    return url_for("accounts.from_provider", _external=True)


def _welcome(token: str) -> str:
    return url_for("accounts.welcome", token=token, _external=True)


def _accounts(
    form: Form,
    *,
    status: int = 200,
    link: str = "",
    linked: Account | None = None,
    error: HuituError | None = None,
) -> Response:
    with database().reading() as session:
        everybody = accounts.accounts(session)
    words = {"accounts": everybody, "roles": ROLES, "meanings": accounts.MEANINGS}
    page = _page("accounts/index.html", form, link=link, linked=linked, error=error, **words)
    page.status_code = status
    return page


def _page(template: str, form: Form, **words: object) -> Response:
    return send_page(render_template(template, form=form, **words))


def _again(template: str, form: Form, error: HuituError, **words: object) -> Response:
    """The form once more, with what is wrong."""
    _take(form, error)
    page = _page(template, form, **words)
    page.status_code = status_of(error)
    return page


def _take(form: Form, error: HuituError) -> None:
    form.problems = list(error.problems)
