"""Finding an account by what somebody typed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.tables import Account


def normal(name: str) -> str:
    """A name as it is kept: ``Li.Hua`` and ``li.hua`` are one account."""
    return name.strip().casefold()


def find(session: Session, name: str, *, to_change: bool = False) -> Account | None:
    """The account of a name; None when there is none.

    ``to_change`` locks its row until the transaction ends.
    """
    wanted = select(Account).where(Account.name == normal(name))
    return session.scalar(wanted.with_for_update() if to_change else wanted)
