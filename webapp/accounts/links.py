"""One-time links: the first makes the administrator, others let somebody set a password."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from geo.errors import NotFound
from geo.types import Text
from webapp import journal
from webapp.accounts import secret
from webapp.accounts.people import add, set_password
from webapp.accounts.signing import begin
from webapp.accounts.tables import Account, OneTimeLink
from webapp.database import now

_LIFE = timedelta(hours=24)
_WHAT = Text(
    zh="一次性链接（已用过、已过期或不存在）", en="one-time link (used, expired or unknown)"
)


def first_link(session: Session) -> str | None:
    """The secret of a link that makes the first administrator; None when there is one.

    Every link before it ends: only the one that was printed last is good.
    """
    if _has_administrator(session):
        return None
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id.is_(None)))
    return _make(session, None)


def link_for(session: Session, account: Account, *, by: str) -> str:
    """The secret of a link by which an account's password is set; earlier ones end."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id))
    journal.append(session, "account-link", actor=by, subject=account.name)
    return _make(session, account)


def opened_link(session: Session, token: str) -> OneTimeLink:
    """A link that is still good, with its account; :class:`NotFound` when it is not.

    The first of all ends as soon as there is an administrator, however that came to be.
    """
    found = session.get(OneTimeLink, secret.key_of(token), with_for_update={"of": OneTimeLink})
    if found is None or found.until < now() or _is_closed(found.account):
        raise NotFound(_WHAT, token[:6] + "…")
    if found.account_id is None and _has_administrator(session):
        raise NotFound(_WHAT, token[:6] + "…")
    return found


def use_link(session: Session, token: str, *, password: str, name: str, shown_as: str) -> str:
    """Set the password by a link, which ends, and sign in; give the secret for the cookie.

    Without an account of its own the link makes an administrator of this name.
    """
    link = opened_link(session, token)
    account = link.account or add(session, name, "admin", by=f"link:{name}", shown_as=shown_as)
    session.flush()
    set_password(session, account, password, by=account.name)
    session.delete(link)
    return begin(session, account, how="link")


def _make(session: Session, account: Account | None) -> str:
    token, moment = secret.new(), now()
    session.add(
        OneTimeLink(
            key=secret.key_of(token),
            account_id=account and account.id,
            made_at=moment,
            until=moment + _LIFE,
        )
    )
    return token


def _has_administrator(session: Session) -> bool:
    wanted = select(Account.id).where(Account.role == "admin", Account.closed_at.is_(None))
    return session.scalar(wanted.limit(1)) is not None


def _is_closed(account: Account | None) -> bool:
    return account is not None and account.closed_at is not None
