"""The log in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Moment, Table

#: What stands before the first entry.
NOTHING = "0" * 64


class Entry(Table):
    """One thing that was done.

    Attributes
    ----------
    number
        From 1, without a gap.
    actor
        Name of an account, ``cli:NAME`` for a user of the machine, ``system``.
    action, subject
        What was done, to what: a layer, an account, an import.
    detail
        The rest as JSON, in the one way that the hash is made of.
    previous, hash
        Of the entry before and of this one, SHA-256 in hexadecimal.
    """

    __tablename__ = "journal"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text, index=True)
    subject: Mapped[str] = mapped_column(Text, index=True)
    detail: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)

    @property
    def words(self) -> dict[str, Any]:
        """The detail as values."""
        found: dict[str, Any] = orjson.loads(self.detail)
        return found


class Head(Table):
    """The last entry, in one row that a writer locks: entries follow each other one by one."""

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(Text)
