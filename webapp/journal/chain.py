"""Appending an entry, and finding the first that was tampered with."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Literal

import orjson
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from webapp.database import now
from webapp.journal.actions import Action
from webapp.journal.tables import NOTHING, Entry, Head

#: Read so many entries at a time.
_BATCH = 5000
_THE_ONE = 1
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Broken:
    """The first place where the chain does not hold.

    ``changed``: the entry's content does not give its hash. ``cut``: an entry is missing, or it
    does not follow the one before. ``tail``: entries at the end are gone.
    """

    number: int
    how: Literal["changed", "cut", "tail"]


@dataclass(frozen=True)
class Verdict:
    """What verifying found: how many entries hold, the hash of the last, the first that is broken.

    ``count`` and ``head``, written down elsewhere, expose a chain that was made anew.
    """

    count: int
    head: str
    broken: Broken | None


def append(
    session: Session, action: Action, *, actor: str, subject: str = "", **detail: Any
) -> Entry:
    """Add an entry within the transaction of what it tells; both are kept or neither.

    The head's row is locked until the transaction ends, so that append late in it.
    """
    last = _locked_head(session)
    entry = Entry(
        number=last.number + 1,
        at=now(),
        actor=actor,
        action=action,
        subject=subject,
        detail=orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode(),
        previous=last.hash,
    )
    entry.hash = hash_of(entry)
    last.number, last.hash = entry.number, entry.hash
    session.add(entry)
    session.flush()
    return entry


def head(session: Session) -> tuple[int, str]:
    """Number and hash of the last entry; 0 and zeros where there is none."""
    found = session.get(Head, _THE_ONE)
    return (found.number, found.hash) if found else (0, NOTHING)


def holds(session: Session, known: str) -> bool:
    """Whether an entry that was written down as ``NUMBER:HASH`` is still in the chain."""
    number, _, noted = known.partition(":")
    found = session.get(Entry, int(number)) if _NUMBER.fullmatch(number) else None
    return found is not None and noted != "" and found.hash.startswith(noted)


def hash_of(entry: Entry | Row[Any]) -> str:
    """SHA-256 over everything that an entry says, the hash of the one before included."""
    said = [
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.action,
        entry.subject,
        entry.detail,
        entry.previous,
    ]
    return hashlib.sha256(orjson.dumps(said)).hexdigest()


def verify(session: Session) -> Verdict:
    """Walk the chain from its beginning."""
    last, count = NOTHING, 0
    while batch := _after(session, count):
        for entry in batch:
            broken = _broken(entry, count + 1, last)
            if broken:
                return Verdict(count, last, broken)
            last, count = entry.hash, entry.number
    told_number, told_hash = head(session)
    if (told_number, told_hash) != (count, last):
        return Verdict(count, last, Broken(count + 1, "tail"))
    return Verdict(count, last, None)


def _after(session: Session, number: int) -> Sequence[Row[Any]]:
    """Plain rows: an object for each entry would cost three times as much."""
    wanted = select(*Entry.__table__.columns).where(Entry.number > number)
    return session.execute(wanted.order_by(Entry.number).limit(_BATCH)).all()


def _broken(entry: Row[Any], number: int, previous: str) -> Broken | None:
    if entry.number != number or entry.previous != previous:
        return Broken(number, "cut")
    return None if hash_of(entry) == entry.hash else Broken(number, "changed")


def _locked_head(session: Session) -> Head:
    found = session.get(Head, _THE_ONE, with_for_update=True, populate_existing=True)
    if found is None:
        found = Head(id=_THE_ONE, number=0, hash=NOTHING)
        session.add(found)
    return found
