"""A later close: a notice is lengthened, or the days on which the service was down are added."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text
from webapp import journal
from webapp.accounts import Person
from webapp.consultation.clock import Clock, day_of, written
from webapp.consultation.notices.announcing import MOST_DAYS, TOO_LONG
from webapp.consultation.notices.numbering import next_number
from webapp.consultation.notices.refusals import locked, needed
from webapp.consultation.procedures import PROCEDURES, close_after, counted_days
from webapp.consultation.states import state_of
from webapp.consultation.tables import Extension, Notice

SHORTENED = ProblemKind(
    "notice-shortened",
    "error",
    Text(
        zh="新的截止时间 {wanted} 不晚于现在的 {now}；公示期限只能延长，不能缩短。"
        "{basis}：“{article}”",
        en="{wanted} is not later than {now}, when it closes now. A notice that is open can be "
        "lengthened and not shortened. {basis}: {article}",
    ),
    Text(
        zh="公众按已公告的期限准备意见；选择更晚的时间，或撤回后重新公示",
        en="People rely on the announced close; choose a later one, or withdraw the notice",
    ),
)
BACKWARDS = ProblemKind(
    "notice-downtime-order",
    "error",
    Text(zh="中断的结束不晚于开始", en="The downtime ends before it begins"),
    Text(zh="核对两个时间", en="Check both moments"),
)
FUTURE = ProblemKind(
    "notice-downtime-future",
    "error",
    Text(zh="中断还没有结束：{until}", en="The downtime has not ended yet: {until}"),
    Text(zh="恢复之后再登记", en="Record it when the service is back"),
)
ELSEWHEN = ProblemKind(
    "notice-downtime-elsewhen",
    "error",
    Text(
        zh="中断不在公示期间（{opens_at} 至 {closes_at}）",
        en="The downtime is outside of the notice ({opens_at} to {closes_at})",
    ),
    Text(zh="只登记公示期间的中断", en="Record only what fell into it"),
)


def extensions(session: Session, notice_id: str) -> list[Extension]:
    """Every later close of a notice, in its order."""
    wanted = select(Extension).where(Extension.notice_id == notice_id)
    return list(session.scalars(wanted.order_by(Extension.number)))


def lengthen(
    session: Session, notice_id: str, closes_at: datetime, reason: str, *, by: Person, clock: Clock
) -> Extension:
    """Let an open notice close later.

    Raises
    ------
    InputError
        It would close earlier or at the same moment, or there is no reason.
    """
    said = needed(reason)
    notice = locked(session, notice_id, "lengthen", clock)
    opens, closed = _moments(notice)
    if closes_at <= closed:
        raise InputError(_shortened(notice, closes_at, closed))
    days = counted_days(opens, closes_at)
    if days > MOST_DAYS:
        raise InputError(TOO_LONG.at(field="closes_at", days=days, most=MOST_DAYS))
    made = _extend(session, notice, "lengthen", closes_at, said, by, clock)
    journal.append(
        session,
        "notice-lengthen",
        actor=by.name,
        subject=notice.id,
        closed_at=made.closed_at,
        closes_at=made.closes_at,
        reason=said,
    )
    return made


def downtime(
    session: Session,
    notice_id: str,
    since: datetime,
    until: datetime,
    reason: str,
    *,
    by: Person,
    clock: Clock,
) -> Extension:
    """Record that the service was down; each calendar day of the notice on which it was is added.

    A day that was made good before is not added again. A notice that has closed meanwhile opens
    again for as many whole days, counted from tomorrow where that is later.

    Raises
    ------
    InputError
        The moments are no downtime of this notice, or there is no reason.
    """
    said = needed(reason)
    notice = locked(session, notice_id, "downtime", clock)
    _refuse_moments(notice, since, until, clock)
    days = to_make_good(notice, extensions(session, notice_id), since, until)
    closes = _made_good(notice, len(days), clock)
    made = _extend(session, notice, "downtime", closes, said, by, clock, (since, until))
    journal.append(
        session,
        "notice-downtime",
        actor=by.name,
        subject=notice.id,
        since=since,
        until=until,
        days=len(days),
        closed_at=made.closed_at,
        closes_at=made.closes_at,
        reason=said,
    )
    return made


def days_down(notice: Notice, since: datetime, until: datetime) -> frozenset[date]:
    """The days of the zone's calendar, within a notice, on which the service was down."""
    opens, closes = _moments(notice)
    first, last = max(since, opens), min(until, closes)
    if first >= last:
        return frozenset()
    # The end itself is not down any more: until 24:00 does not touch the next day.
    begin, end = day_of(first), day_of(last - timedelta(microseconds=1))
    return frozenset(begin + timedelta(days=n) for n in range((end - begin).days + 1))


def to_make_good(
    notice: Notice, found: list[Extension], since: datetime, until: datetime
) -> frozenset[date]:
    """The days of a downtime that no other one has made good before."""
    before = {
        day
        for one in found
        if one.since is not None and one.until is not None
        for day in days_down(notice, one.since, one.until)
    }
    return days_down(notice, since, until) - before


def _made_good(notice: Notice, days: int, clock: Clock) -> datetime:
    """The close after so many days more."""
    _opens, closed = _moments(notice)
    later = closed + timedelta(days=days)
    if not days or state_of(notice, clock.now()) != "closed":
        return later
    return max(later, close_after(clock.now(), days))


def _refuse_moments(notice: Notice, since: datetime, until: datetime, clock: Clock) -> None:
    opens, closes = _moments(notice)
    if until <= since:
        raise InputError(BACKWARDS.at(field="until"))
    if until > clock.now():
        raise InputError(FUTURE.at(field="until", until=written(until)))
    if not days_down(notice, since, until):
        raise InputError(
            ELSEWHEN.at(field="since", opens_at=written(opens), closes_at=written(closes))
        )


def _extend(
    session: Session,
    notice: Notice,
    kind: str,
    closes_at: datetime,
    reason: str,
    by: Person,
    clock: Clock,
    down: tuple[datetime | None, datetime | None] = (None, None),
) -> Extension:
    _opens, closed = _moments(notice)
    made = Extension(
        notice_id=notice.id,
        number=next_number(session, Extension, notice.id),
        kind=kind,
        since=down[0],
        until=down[1],
        closed_at=closed,
        closes_at=closes_at,
        reason=reason,
        by=by.name,
        at=clock.now(),
    )
    session.add(made)
    notice.closes_at = closes_at
    return made


def _moments(notice: Notice) -> tuple[datetime, datetime]:
    """When a notice that was published opens and closes."""
    if notice.opens_at is None or notice.closes_at is None:
        raise ValueError(f"{notice.id} was never published")
    return notice.opens_at, notice.closes_at


def _shortened(notice: Notice, wanted: datetime, closed: datetime) -> Problem:
    procedure = PROCEDURES[notice.procedure]
    return SHORTENED.at(
        field="closes_at",
        wanted=written(wanted),
        now=written(closed),
        basis=procedure.basis,
        article=procedure.article,
    )
