"""Accounts: added, given a role, closed, opened again. Each change is logged with who made it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import InputError, NotFound, Problem, ProblemKind
from geo.types import Text, listing
from webapp import journal
from webapp.accounts import passwords
from webapp.accounts.lookup import find, normal
from webapp.accounts.signing import sign_out_everywhere
from webapp.accounts.tables import Account
from webapp.database import now
from webapp.roles import ROLES

_NAME = re.compile(r"[\w.@-]{1,64}")
_SHOWN_MOST = 60
WHAT = Text(zh="帐号", en="account")

BAD_NAME = ProblemKind(
    "account-name",
    "error",
    Text(zh="帐号名“{value}”写法不对", en="“{value}” is no name for an account"),
    Text(
        zh="1 到 64 个字母、数字、汉字或 . _ - @，不含空格",
        en="1 to 64 letters, digits, . _ - or @, without blanks",
    ),
)
NAME_TAKEN = ProblemKind(
    "account-taken",
    "error",
    Text(zh="已经有名为“{value}”的帐号", en="There is an account “{value}” already"),
    Text(zh="换一个名称", en="Choose another name"),
)
BAD_ROLE = ProblemKind(
    "account-role-unknown",
    "error",
    Text(zh="没有角色“{value}”", en="There is no role “{value}”"),
    Text(zh="可用的角色：{allowed}", en="There are: {allowed}"),
)
LAST_ADMIN = ProblemKind(
    "account-last-admin",
    "error",
    Text(
        zh="“{value}”是最后一个系统管理员，不能停用或改成别的角色",
        en="“{value}” is the last administrator and can neither be closed nor get another role",
    ),
    Text(zh="先让另一个帐号成为系统管理员", en="Make another account an administrator first"),
)


@dataclass(frozen=True)
class Person:
    """Who is doing something: the name of their account, and what others see."""

    name: str
    shown_as: str = ""


def accounts(session: Session) -> Sequence[Account]:
    """All accounts, by name."""
    return session.scalars(select(Account).order_by(Account.name)).all()


def named(session: Session, name: str) -> Account:
    """The account of a name; :class:`NotFound` when there is none."""
    found = find(session, name)
    if found is None:
        raise NotFound(WHAT, name)
    return found


def add(session: Session, name: str, role: str, *, by: str, shown_as: str = "") -> Account:
    """Add an account without a password.

    Raises
    ------
    InputError
        With every problem of the name and the role.
    """
    problems = [*_wrong_name(session, name), *_wrong_role(role)]
    if problems:
        raise InputError(problems)
    account = Account(
        name=normal(name),
        shown_as=_plain(shown_as)[:_SHOWN_MOST] or _plain(name),
        role=role,
        created_at=now(),
    )
    session.add(account)
    journal.append(session, "account-add", actor=by, subject=account.name, role=role)
    return account


def change_role(session: Session, account: Account, role: str, *, by: str) -> None:
    """Give another role; it holds from the next request on."""
    problems = _wrong_role(role)
    if problems:
        raise InputError(problems)
    if role == account.role:
        return
    if role != "admin":
        _refuse_last_admin(session, account)
    before, account.role = account.role, role
    journal.append(
        session, "account-role", actor=by, subject=account.name, before=before, role=role
    )


def close(session: Session, account: Account, *, by: str) -> None:
    """Close an account: it is signed out everywhere and cannot sign in."""
    if account.closed_at is not None:
        return
    _refuse_last_admin(session, account)
    account.closed_at = now()
    sign_out_everywhere(session, account)
    journal.append(session, "account-close", actor=by, subject=account.name)


def reopen(session: Session, account: Account, *, by: str) -> None:
    """Open a closed account again; a lock after wrong passwords goes too."""
    if account.closed_at is None and account.locked_until is None:
        return
    account.closed_at, account.locked_until, account.failures = None, None, 0
    journal.append(session, "account-open", actor=by, subject=account.name)


def set_password(session: Session, account: Account, password: str, *, by: str) -> None:
    """Set a password; whoever was signed in to the account is signed out.

    Raises
    ------
    InputError
        The password is too short, too long or too easily guessed.
    """
    problems = passwords.check_strength(password, account.name)
    if problems:
        raise InputError(problems)
    account.password_hash = passwords.hashed(password)
    account.failures, account.locked_until = 0, None
    sign_out_everywhere(session, account)
    journal.append(session, "password", actor=by, subject=account.name)


def _plain(words: str) -> str:
    """One line, without marks that turn the direction of what stands beside it."""
    line = " ".join(words.split())
    return "".join(sign for sign in line if unicodedata.category(sign) not in {"Cc", "Cf"})


def _wrong_name(session: Session, name: str) -> list[Problem]:
    if not _NAME.fullmatch(normal(name)):
        return [BAD_NAME.at(field="name", value=name)]
    if find(session, name):
        return [NAME_TAKEN.at(field="name", value=normal(name))]
    return []


def _wrong_role(role: str) -> list[Problem]:
    return [] if role in ROLES else [BAD_ROLE.at(field="role", value=role, allowed=listing(ROLES))]


def _refuse_last_admin(session: Session, account: Account) -> None:
    """Somebody must be able to let others in again.

    All of them are locked, in one order, until the transaction ends: two administrators who close
    each other at once would both find the other one still there.
    """
    if account.role != "admin" or account.closed_at is not None:
        return
    administrators = select(Account.id).where(Account.role == "admin", Account.closed_at.is_(None))
    found = session.scalars(administrators.order_by(Account.id).with_for_update()).all()
    if set(found) <= {account.id}:
        raise InputError(LAST_ADMIN.at(field="role", value=account.name))
