"""Notices as the public sees them: those that were announced, with where they stand today.

What is in preparation or only scheduled is to the public as if it were not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import NotFound
from geo.types import Text
from webapp.consultation.clock import day_of
from webapp.consultation.procedures import PROCEDURES, Procedure, counted_days, day_number
from webapp.consultation.reading import NOTICE
from webapp.consultation.states import PUBLIC, TAKES_OPINIONS, State, state_of
from webapp.consultation.tables import Document, Extension, Hearing, Notice
from webapp.consultation.words import TOPICS

_MOMENT = timedelta(microseconds=1)
Part = TypeVar("Part", Document, Hearing, Extension)


@dataclass(frozen=True)
class Announced:
    """A notice with what belongs to it.

    Attributes
    ----------
    today
        The day in the zone's calendar for which it is told.
    """

    notice: Notice
    state: State
    today: date
    documents: tuple[Document, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    extensions: tuple[Extension, ...] = ()

    @property
    def id(self) -> str:
        """The notice's id."""
        return self.notice.id

    @property
    def title(self) -> Text:
        """The title; without an English one the Chinese stands for it."""
        return Text(zh=self.notice.title_zh, en=self.notice.title_en or self.notice.title_zh)

    @property
    def plain(self) -> Text:
        """The plain words (Markdown), alike."""
        return Text(zh=self.notice.plain_zh, en=self.notice.plain_en or self.notice.plain_zh)

    @property
    def procedure(self) -> Procedure:
        """What it is announced under."""
        return PROCEDURES[self.notice.procedure]

    @property
    def topics(self) -> dict[str, Text]:
        """What an opinion may be about, in the notice's order."""
        offered = self.notice.topics or TOPICS
        return {one["id"]: Text(zh=one["zh"], en=one["en"] or one["zh"]) for one in offered}

    @property
    def takes_opinions(self) -> bool:
        """Whether an opinion may be sent."""
        return self.state in TAKES_OPINIONS

    @property
    def opens_at(self) -> datetime:
        """When it opened."""
        return _known(self.notice.opens_at)

    @property
    def closes_at(self) -> datetime:
        """When it closes: what is sent before counts."""
        return _known(self.notice.closes_at)

    @property
    def days(self) -> int:
        """How many days are counted, those that were added included."""
        return counted_days(self.opens_at, self.closes_at)

    @property
    def day(self) -> int:
        """Which of them today is: 0 on the day of the announcement, the last one afterwards."""
        return min(day_number(self.opens_at, self.today), self.days)

    @property
    def last_day(self) -> date:
        """The last day on which an opinion may be sent."""
        return day_of(self.closes_at - _MOMENT)

    @property
    def days_left(self) -> int:
        """Days after today until the last one; 0 on the last day and afterwards."""
        return max(0, (self.last_day - self.today).days)


def announced(session: Session, notice_id: str, now: datetime) -> Announced:
    """A notice that the public may see.

    Raises
    ------
    NotFound
        There is none, or it is not announced yet: nobody can tell which.
    """
    found = session.get(Notice, notice_id)
    if found is None or not _is_public(found, now):
        raise NotFound(NOTICE, notice_id)
    return Announced(
        found,
        state_of(found, now),
        day_of(now),
        tuple(one for one in _of(session, Document, notice_id) if one.removed_at is None),
        tuple(_of(session, Hearing, notice_id)),
        tuple(_of(session, Extension, notice_id)),
    )


def all_announced(session: Session, now: datetime) -> list[Announced]:
    """Every notice that the public may see: what closes first, then what closed last."""
    known = [
        Announced(one, state_of(one, now), day_of(now))
        for one in session.scalars(select(Notice))
        if _is_public(one, now)
    ]
    return sorted(known, key=lambda one: (not one.takes_opinions, _urgency(one), one.id))


def touching(found: Iterable[Announced], project_id: str) -> tuple[Announced, ...]:
    """Those of them that a project is affected by and opinions are taken for."""
    return tuple(one for one in found if one.takes_opinions and project_id in one.notice.projects)


def _is_public(notice: Notice, now: datetime) -> bool:
    """Whether it was ever announced: one that was withdrawn before it opened was not."""
    if notice.opens_at is None or notice.closes_at is None or state_of(notice, now) not in PUBLIC:
        return False
    return notice.withdrawn_at is None or notice.withdrawn_at >= notice.opens_at


def _urgency(one: Announced) -> float:
    at = one.closes_at.timestamp()
    return at if one.takes_opinions else -at


def _known(moment: datetime | None) -> datetime:
    if moment is None:
        raise ValueError("a notice that is announced has its dates")
    return moment


def _of(session: Session, table: type[Part], notice_id: str) -> list[Part]:
    wanted = select(table).where(table.notice_id == notice_id).order_by(table.number)
    return list(session.scalars(wanted))
