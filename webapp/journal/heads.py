"""The log's head, noted outside of the database: at each start and once a day.

Whoever can write to the database can also make its whole chain anew, and that chain would hold.
The lines of this file are a witness beside it: what was noted must still stand in the chain.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import InputError, ProblemKind
from geo.types import Text
from webapp.database import now
from webapp.journal.chain import head
from webapp.journal.tables import NOTHING, Entry

FILE = "log-heads.txt"
#: The database is asked for so many entries at a time.
_BATCH = 500

BAD_LINE = ProblemKind(
    "log-heads-line",
    "error",
    Text(
        zh="{file} 第 {line} 行不是记下的链头",
        en="Line {line} of {file} is no head that was noted",
    ),
    Text(
        zh="这个文件只由程序追加；与备份里的比对",
        en="Only the program appends to this file; compare it with the one in a backup",
    ),
)


@dataclass(frozen=True)
class Noted:
    """A head as it was noted: when, how many entries there were, the hash of the last."""

    at: datetime
    number: int
    hash: str

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a line; :class:`ValueError` when it is none."""
        at, number, noted = line.split(" ")
        if len(noted) != len(NOTHING) or not number.isdecimal():
            raise ValueError(line)
        return cls(datetime.fromisoformat(at), int(number), noted)

    def __str__(self) -> str:
        return f"{self.at.isoformat(timespec='seconds')} {self.number} {self.hash}"


def note(session: Session, data: Path, *, daily: bool = False) -> None:
    """Append the present head; ``daily`` only when today (UTC) has no line yet."""
    number, last = head(session)
    found = Noted(now(), number, last)
    with (data / FILE).open("a+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0)
        if daily and _last_day(handle.read()) == found.at.date().isoformat():
            return
        handle.write(f"{found}\n".encode())
        handle.flush()
        os.fsync(handle.fileno())


def noted(data: Path) -> tuple[Noted, ...]:
    """What was noted, the oldest first; nothing where there is no file yet.

    Raises
    ------
    InputError
        A line is none of ours.
    """
    file = data / FILE
    lines = file.read_text("utf-8", errors="replace").splitlines() if file.exists() else []
    return tuple(_parsed(line, place) for place, line in enumerate(lines, start=1))


def contradicted(session: Session, known: Sequence[Noted]) -> Noted | None:
    """The first of the heads that the chain does not hold any more; None when it holds all."""
    for start in range(0, len(known), _BATCH):
        batch = known[start : start + _BATCH]
        numbers = {one.number for one in batch}
        wanted = select(Entry.number, Entry.hash).where(Entry.number.in_(numbers))
        kept = {row.number: row.hash for row in session.execute(wanted)}
        kept[0] = NOTHING
        for one in batch:
            if kept.get(one.number) != one.hash:
                return one
    return None


def _parsed(line: str, place: int) -> Noted:
    try:
        return Noted.parse(line)
    except ValueError:
        raise InputError(BAD_LINE.at(file=FILE, line=place)) from None


def _last_day(content: bytes) -> str:
    lines = content.splitlines()
    return lines[-1][:10].decode("ascii", "replace") if lines else ""
