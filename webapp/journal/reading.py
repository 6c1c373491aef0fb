"""Looking into the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webapp.journal.tables import Entry

#: Entries of one page.
PAGE = 100
_BATCH = 1000


@dataclass(frozen=True)
class Wanted:
    """Which entries: all conditions hold together; empty or None asks for nothing.

    ``since`` and ``until`` are included. ``before`` is the number that a page begins below.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def entries(session: Session, wanted: Wanted, limit: int = PAGE) -> tuple[list[Entry], int, bool]:
    """The newest of those wanted, how many there are in all, and whether older ones are left."""
    chosen = _chosen(wanted)
    count = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    if wanted.before is not None:
        chosen = chosen.where(Entry.number < wanted.before)
    found = list(session.scalars(chosen.order_by(Entry.number.desc()).limit(limit + 1)))
    return found[:limit], count, len(found) > limit


def entries_of(session: Session, wanted: Wanted) -> Iterator[Entry]:
    """All of them, the oldest first, for an export."""
    ordered = _chosen(wanted).order_by(Entry.number)
    return iter(session.scalars(ordered.execution_options(yield_per=_BATCH)))


def _chosen(wanted: Wanted) -> Select[Entry]:
    chosen = select(Entry)
    for column in ("actor", "action", "subject"):
        if value := getattr(wanted, column):
            chosen = chosen.where(getattr(Entry, column) == value)
    if wanted.since is not None:
        chosen = chosen.where(Entry.at >= wanted.since)
    if wanted.until is not None:
        chosen = chosen.where(Entry.at <= wanted.until)
    return chosen
