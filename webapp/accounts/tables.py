"""Accounts in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.database import Moment, Table, now


class Account(Table):
    """Somebody who works at the desk; never deleted, for the log names them.

    Attributes
    ----------
    name, shown_as
        What is typed to sign in, and what others see.
    password_hash
        Argon2id; None until a password was set, and for those who sign in elsewhere.
    subject
        Issuer and subject of an OpenID Connect provider.
    failures, locked_until
        Wrong passwords since the last right one, and until when no further one is tried.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    shown_as: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def is_locked(self) -> bool:
        """Whether no password is tried just now."""
        return self.locked_until is not None and self.locked_until > now()


class SignIn(Table):
    """One browser that is signed in; ``key`` is the hash of the secret that its cookie carries."""

    __tablename__ = "sign_in"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    account: Mapped[Account] = relationship(lazy="joined")


class OneTimeLink(Table):
    """A link by which a password is set, once; without an account it makes the administrator."""

    __tablename__ = "one_time_link"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    account: Mapped[Account | None] = relationship(lazy="joined")
