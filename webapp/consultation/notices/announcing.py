"""Publishing a notice, taking it back before it opens, and withdrawing it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text
from webapp import journal
from webapp.accounts import Person
from webapp.consultation.clock import Clock, written
from webapp.consultation.notices.checking import Subject, missing
from webapp.consultation.notices.content import Content
from webapp.consultation.notices.documents import documents
from webapp.consultation.notices.refusals import locked, needed
from webapp.consultation.procedures import PROCEDURES, Procedure, counted_days, least_close
from webapp.consultation.tables import Notice
from webapp.desk import drafts

#: A form that says "now" was sent so long ago at most.
_GRACE = timedelta(minutes=2)
#: More is a slip of the pen, and an open notice cannot be shortened.
MOST_DAYS = 366

PAST = ProblemKind(
    "notice-opens-past",
    "error",
    Text(zh="开始时间 {opens_at} 已过", en="{opens_at}, when it would open, has passed"),
    Text(zh="选择“立即”或之后的时间", en="Choose “now” or a later moment"),
)
TOO_SHORT = ProblemKind(
    "notice-too-short",
    "error",
    Text(
        zh="公示只有 {days} 日，“{procedure}”至少 {least} 日。{basis}：“{article}”",
        en="The notice is open for {days} days; “{procedure}” demands {least}. {basis}: {article}",
    ),
    Text(
        zh="最早在 {close} 截止（公示当日不计入）",
        en="Close it at {close} at the earliest (the day of announcement is not counted)",
    ),
)
TOO_LONG = ProblemKind(
    "notice-too-long",
    "error",
    Text(zh="公示 {days} 日，超过 {most} 日", en="Open for {days} days, more than {most}"),
    Text(
        zh="核对年份；公示开始后不能缩短",
        en="Check the year; a notice cannot be shortened once it is open",
    ),
)


def publish(
    session: Session,
    notice_id: str,
    *,
    opens_at: datetime | None,
    closes_at: datetime,
    by: Person,
    clock: Clock,
) -> Notice:
    """Announce a notice: it opens and closes by itself at these moments.

    Parameters
    ----------
    opens_at
        None opens it at once.

    Raises
    ------
    InputError
        Something is missing, or the moments break the procedure's rule; everything at once.
    """
    notice = locked(session, notice_id, "publish", clock)
    now = clock.now()
    opens = now if opens_at is None else opens_at
    draft = session.get(drafts.Draft, notice.draft) if notice.draft else None
    problems = missing(Subject(notice, documents(session, notice_id), draft))
    problems += wrong_moments(PROCEDURES[notice.procedure], opens, closes_at, now)
    if problems:
        raise InputError(problems)
    notice.opens_at, notice.closes_at = max(opens, now), closes_at
    notice.published_by, notice.published_at = by.name, now
    notice.draft_edit = draft.last if draft else None
    _log_publication(session, notice, by)
    return notice


def take_back(session: Session, notice_id: str, *, by: Person, clock: Clock) -> Notice:
    """Let a notice that has not opened yet be in preparation again; nobody has seen it."""
    notice = locked(session, notice_id, "take-back", clock)
    notice.published_by = notice.published_at = notice.opens_at = notice.closes_at = None
    notice.draft_edit = None
    journal.append(session, "notice-take-back", actor=by.name, subject=notice.id)
    return notice


def withdraw(session: Session, notice_id: str, reason: str, *, by: Person, clock: Clock) -> Notice:
    """End an open notice before its time; it and its reason stay readable."""
    said = needed(reason)
    notice = locked(session, notice_id, "withdraw", clock)
    notice.withdrawn_at, notice.withdrawn_reason = clock.now(), said
    journal.append(session, "notice-withdraw", actor=by.name, subject=notice.id, reason=said)
    return notice


def wrong_moments(
    procedure: Procedure, opens_at: datetime, closes_at: datetime, now: datetime
) -> list[Problem]:
    """What a procedure has against opening and closing at these moments."""
    return list(_wrong_moments(procedure, opens_at, closes_at, now))


def _wrong_moments(
    procedure: Procedure, opens_at: datetime, closes_at: datetime, now: datetime
) -> Iterator[Problem]:
    if opens_at < now - _GRACE:
        yield PAST.at(field="opens_at", opens_at=written(opens_at))
        return
    opens = max(opens_at, now)
    days, least = counted_days(opens, closes_at), least_close(procedure, opens)
    if closes_at < least:
        yield TOO_SHORT.at(
            field="closes_at",
            days=days,
            procedure=procedure.title,
            least=procedure.least_days,
            basis=procedure.basis,
            article=procedure.article,
            close=written(least),
        )
    elif days > MOST_DAYS:
        yield TOO_LONG.at(field="closes_at", days=days, most=MOST_DAYS)


def _log_publication(session: Session, notice: Notice, by: Person) -> None:
    """With all that it says: the log alone tells what was announced."""
    journal.append(
        session,
        "notice-publish",
        actor=by.name,
        subject=notice.id,
        opens_at=notice.opens_at,
        closes_at=notice.closes_at,
        draft_edit=notice.draft_edit,
        documents=[one.sha256 for one in documents(session, notice.id)],
        said=Content.of(notice).values(),
    )
