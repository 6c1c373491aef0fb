"""The hearings and meetings (听证会、座谈会) of a notice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import InputError, NotFound, Problem, ProblemKind
from geo.types import Text
from webapp import journal
from webapp.accounts import Person
from webapp.consultation.clock import Clock, written
from webapp.consultation.notices.numbering import next_number
from webapp.consultation.notices.refusals import locked, needed
from webapp.consultation.tables import Hearing

HEARING = Text(zh="听证会", en="hearing")

NAMELESS = ProblemKind(
    "notice-hearing-words",
    "error",
    Text(zh="听证会的名称和地点都要填写", en="A hearing needs a title and a place"),
    Text(zh="公众按它前来", en="People come by them"),
)
BACKWARDS = ProblemKind(
    "notice-hearing-order",
    "error",
    Text(zh="听证会的结束不晚于开始", en="The hearing ends before it begins"),
    Text(zh="核对两个时间", en="Check both moments"),
)
PAST = ProblemKind(
    "notice-hearing-past",
    "error",
    Text(zh="听证会的时间 {starts_at} 已过", en="{starts_at}, when it would be held, has passed"),
    Text(zh="选择之后的时间", en="Choose a later moment"),
)


def hearings(session: Session, notice_id: str) -> list[Hearing]:
    """The hearings of a notice by their time, the cancelled ones too."""
    wanted = select(Hearing).where(Hearing.notice_id == notice_id)
    return list(session.scalars(wanted.order_by(Hearing.starts_at, Hearing.number)))


def add_hearing(
    session: Session,
    notice_id: str,
    *,
    title: str,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    clock: Clock,
) -> Hearing:
    """Announce a hearing.

    Raises
    ------
    InputError
        With everything that is wrong with it, or the notice has closed.
    """
    notice = locked(session, notice_id, "add-hearing", clock)
    problems = list(_wrong(title, place, starts_at, ends_at, clock.now()))
    if problems:
        raise InputError(problems)
    made = Hearing(
        notice_id=notice.id,
        number=next_number(session, Hearing, notice.id),
        title=title.strip(),
        place=place.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    session.add(made)
    session.flush()
    _log(session, made, "added", by)
    return made


def cancel_hearing(
    session: Session, notice_id: str, number: int, *, reason: str = "", by: Person, clock: Clock
) -> None:
    """Cancel a hearing: people read that it is; one of a notice nobody has seen goes away."""
    notice = locked(session, notice_id, "cancel-hearing", clock)
    found = session.get(Hearing, (notice_id, number))
    if found is None or found.cancelled_at is not None:
        raise NotFound(HEARING, str(number))
    if notice.published_at is None:
        session.delete(found)
        _log(session, found, "removed", by)
        return
    said = needed(reason)
    found.cancelled_at, found.cancelled_reason = clock.now(), said
    _log(session, found, "cancelled", by, reason=said)


def _wrong(
    title: str, place: str, starts_at: datetime, ends_at: datetime, now: datetime
) -> Iterator[Problem]:
    if not title.strip() or not place.strip():
        yield NAMELESS.at(field="title")
    if ends_at <= starts_at:
        yield BACKWARDS.at(field="ends_at")
    if starts_at < now:
        yield PAST.at(field="starts_at", starts_at=written(starts_at))


def _log(session: Session, hearing: Hearing, what: str, by: Person, **more: str) -> None:
    journal.append(
        session,
        "notice-hearing",
        actor=by.name,
        subject=hearing.notice_id,
        what=what,
        number=hearing.number,
        title=hearing.title,
        place=hearing.place,
        starts_at=hearing.starts_at,
        ends_at=hearing.ends_at,
        **more,
    )
