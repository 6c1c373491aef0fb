"""Signing in with a password, staying signed in, and signing out."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from geo.errors import HuituError, ProblemKind
from geo.types import Text
from webapp import journal
from webapp.accounts import passwords, secret
from webapp.accounts.lookup import find
from webapp.accounts.tables import Account, SignIn
from webapp.database import Database, now

#: So many wrong passwords lock an account, for so long; twice as long at each further one.
MOST_FAILURES = 5
_LOCK = timedelta(minutes=5)
_LONGEST_LOCK = timedelta(hours=12)
#: How often a look at a page is written down as a sign of life.
_SEEN_EVERY = timedelta(minutes=5)
#: However often somebody looks: a cookie that was copied is not good for ever.
_LONGEST = timedelta(days=7)

WRONG = ProblemKind(
    "sign-in-wrong",
    "error",
    Text(zh="帐号或密码不对", en="The account or the password is wrong"),
    Text(
        zh="核对后再试；忘了密码，请系统管理员发一个一次性链接",
        en="Check both and try again; if you forgot it, ask the administrator for a one-time link",
    ),
)
LOCKED = ProblemKind(
    "sign-in-locked",
    "error",
    Text(
        zh="密码连续输错，这个帐号暂时锁定，{minutes} 分钟后才能再试",
        en="After several wrong passwords this account is locked for {minutes} minutes",
    ),
    Text(
        zh="等一等再试，或请系统管理员解锁",
        en="Wait and try again, or ask the administrator to unlock it",
    ),
)


class WrongCredentials(HuituError):  # noqa: N818 - the name says it
    """No account of that name with that password; which of the two is not told."""


class Locked(HuituError):  # noqa: N818 - the name says it
    """Too many wrong passwords: none is tried for a while, not even the right one."""


def sign_in(database: Database, name: str, password: str) -> str:
    """Sign in; give the secret for the browser's cookie.

    Failures are counted and logged in a transaction of their own: a refusal is written too.

    Raises
    ------
    WrongCredentials, Locked
        A name without an account answers like a wrong password, in the same time; only its lock
        does not exist.
    """
    with database.reading() as session:
        account = find(session, name)
        kept = None if account is None or account.closed_at else account.password_hash
        if account is not None and kept is not None:
            _refuse_locked(account)
    if not passwords.is_right(kept, password):
        _count_failure(database, name)
        raise WrongCredentials(WRONG.at())
    with database.writing() as session:
        found = find(session, name, to_change=True)
        # Closed, or given another password, while this one was tried.
        if found is None or found.closed_at or not _is_still(found, kept, password):
            raise WrongCredentials(WRONG.at())
        _refuse_locked(found)
        if passwords.is_outdated(found.password_hash or ""):
            found.password_hash = passwords.hashed(password)
        return begin(session, found)


def _is_still(account: Account, kept: str | None, password: str) -> bool:
    """Whether a password that was right by the hash that was kept then is right by today's.

    The hash is another one too where the same password was used elsewhere in this moment, and its
    outdated hash replaced.
    """
    return account.password_hash == kept or passwords.is_right(account.password_hash, password)


def has_password(account: Account, password: str) -> bool:
    """Whether this is the account's password, asked of somebody who is signed in."""
    return passwords.is_right(account.password_hash, password)


def begin(session: Session, account: Account, how: str = "password") -> str:
    """Sign an account in that has shown who it is; give the secret for its cookie."""
    account.failures, account.locked_until = 0, None
    token, moment = secret.new(), now()
    ended = (SignIn.account_id == account.id, SignIn.began_at < moment - _LONGEST)
    session.execute(delete(SignIn).where(*ended))
    session.add(
        SignIn(key=secret.key_of(token), account_id=account.id, began_at=moment, seen_at=moment)
    )
    journal.append(session, "sign-in", actor=account.name, subject=account.name, how=how)
    return token


def signed_in(database: Database, token: str, idle: timedelta) -> Account | None:
    """The account that a cookie's secret stands for; None when that has ended.

    It ends by signing out, when the account is closed, after ``idle`` without a look, and after a
    week.
    """
    moment = now()
    with database.reading() as session:
        found = session.get(SignIn, secret.key_of(token))
        if found is None or found.account.closed_at:
            return None
        if found.seen_at + idle < moment or found.began_at + _LONGEST < moment:
            return None
        account, seen_at, key = found.account, found.seen_at, found.key
    if seen_at + _SEEN_EVERY < moment:
        with database.writing() as session:
            if again := session.get(SignIn, key):
                again.seen_at = moment
    return account


def sign_out(database: Database, token: str) -> None:
    """End one sign-in, for every worker at once."""
    with database.writing() as session:
        found = session.get(SignIn, secret.key_of(token))
        if found is not None:
            name = found.account.name
            session.delete(found)
            journal.append(session, "sign-out", actor=name, subject=name)


def sign_out_everywhere(session: Session, account: Account) -> None:
    """End every sign-in of an account."""
    session.execute(delete(SignIn).where(SignIn.account_id == account.id))


def _refuse_locked(account: Account) -> None:
    if account.locked_until is None or not account.is_locked:
        return
    left = (account.locked_until - now()).total_seconds()
    raise Locked(LOCKED.at(minutes=int(left // 60) + 1))


def _count_failure(database: Database, name: str) -> None:
    with database.writing() as session:
        account = find(session, name, to_change=True)
        if account is None:
            return
        account.failures += 1
        beyond = account.failures - MOST_FAILURES
        if beyond >= 0:
            account.locked_until = now() + min(_LOCK * 2 ** min(beyond, 10), _LONGEST_LOCK)
        journal.append(
            session,
            "sign-in-refused",
            actor="system",
            subject=account.name,
            failures=account.failures,
        )
