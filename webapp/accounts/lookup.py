"""Finding an account by what somebody typed."""

from __future__ import annotations

import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.tables import Account


def normal(name: str) -> str:
    """A name as it is kept: ``Li.Hua``, ``li.hua`` and one in full width are one account."""
    compatible = unicodedata.normalize("NFKC", name)
    return unicodedata.normalize("NFKC", compatible.casefold()).strip()


def find(session: Session, name: str, *, to_change: bool = False) -> Account | None:
    """The account of a name; None when there is none.

    ``to_change`` locks its row until the transaction ends.
    """
    if "\x00" in name:
        # PostgreSQL cannot even be asked for it.
        return None
    wanted = select(Account).where(Account.name == normal(name))
    return session.scalar(wanted.with_for_update() if to_change else wanted)
