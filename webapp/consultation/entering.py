"""Opinions that came on paper, at a meeting or by telephone, written down by the staff.

They stand in the same register under the same numbers. What counts is the day on which they
reached the zone, however much later they are entered.
"""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text, listing
from webapp.accounts import Person
from webapp.consultation.attachments import Files
from webapp.consultation.clock import ZONE, Clock, day_of
from webapp.consultation.receiving import Sent, receive
from webapp.consultation.tables import Notice, Opinion
from webapp.consultation.words import CHANNELS, Channel
from webapp.settings import Settings

#: The ways by which an opinion reaches the zone without the web.
ENTERED: tuple[Channel, ...] = ("paper", "meeting", "phone")
_FIELD = "received"

NO_CHANNEL = ProblemKind(
    "entry-channel",
    "error",
    Text(zh="没有选择意见从哪里来", en="Where the opinion came from is not chosen"),
    Text(zh="从中选一项：{allowed}", en="Choose one of {allowed}"),
)
AHEAD = ProblemKind(
    "entry-ahead",
    "error",
    Text(zh="收到的时间 {at} 还没有到", en="The time of receipt, {at}, lies ahead"),
    Text(zh="核对收到的日期和时间", en="Check day and time"),
)
BEFORE = ProblemKind(
    "entry-before",
    "error",
    Text(
        zh="收到的日期 {at} 早于公示开始 {opens}",
        en="The day of receipt, {at}, is before the notice opened on {opens}",
    ),
    Text(
        zh="公示前的来信不属本次征询；日期写错的请改正",
        en="What came before is not of this consultation; mend the day where it is mistyped",
    ),
)


LATE = ProblemKind(
    "entry-late",
    "error",
    Text(
        zh="收到的时间 {at} 在截止 {closes} 之后，不能计入本次征询",
        en="It was received on {at}, after the notice closed on {closes}, and does not count",
    ),
    Text(
        zh="截止前收到、现在补录的，请填实际收到的时间；逾期的另行答复来信人",
        en="If it came in time and is only entered now, give the time of receipt; "
        "otherwise answer its author apart",
    ),
)


def enter(
    session: Session,
    files: Files,
    settings: Settings,
    notice: Notice,
    sent: Sent,
    *,
    channel: Channel,
    received_at: datetime,
    by: Person,
    clock: Clock,
) -> Opinion:
    """Write down an opinion that did not come by the web.

    Raises
    ------
    InputError
        With everything that is wrong; what was received after the close is told so.
    Closed
        The notice was withdrawn, or it was answered already.
    """
    now = clock.now()
    problems = problems_of(notice, channel, received_at, now)
    if problems:
        raise InputError([*problems, *sent.problems(notice)])
    return receive(
        session,
        files,
        settings,
        notice,
        sent,
        at=received_at,
        channel=channel,
        by=by.name,
        entered_at=now,
    )


def problems_of(
    notice: Notice, channel: str, received_at: datetime, now: datetime
) -> list[Problem]:
    """What is wrong with where an opinion came from and when."""
    found = []
    if channel not in ENTERED:
        allowed = listing(CHANNELS[one].zh for one in ENTERED)
        found.append(NO_CHANNEL.at(field="channel", allowed=allowed))
    if received_at > now:
        found.append(AHEAD.at(field=_FIELD, at=_told(received_at)))
    opens = notice.opens_at
    if opens is not None and received_at < opens:
        at, opened = day_of(received_at).isoformat(), day_of(opens).isoformat()
        found.append(BEFORE.at(field=_FIELD, at=at, opens=opened))
    closes = notice.closes_at
    if closes is not None and received_at >= closes:
        found.append(LATE.at(field=_FIELD, at=_told(received_at), closes=_told(closes)))
    return found


def moment_of(notice: Notice, day: date, at: time | None) -> datetime:
    """When an opinion reached the zone.

    Where the hour is not known it is the earliest of the day at which the notice was open: what
    came on the last day came in time.
    """
    if at is not None:
        return datetime.combine(day, at, ZONE)
    opens, beginning = notice.opens_at, datetime.combine(day, time(), ZONE)
    return max(opens, beginning) if opens is not None and day_of(opens) == day else beginning


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"
