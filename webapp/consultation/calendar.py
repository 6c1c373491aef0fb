"""The dates of a notice as an iCalendar file (RFC 5545): its hearings, and its close."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from webapp.consultation import plain
from webapp.consultation.announced import Announced
from webapp.consultation.clock import ZONE, written
from webapp.consultation.tables import Hearing
from webapp.translating import Voice

MEDIA_TYPE = "text/calendar"
_PRODUCT = "-//Huitu//Consultation//ZH"
#: The close is a moment; calendars show an event that lasts.
_CLOSE_LASTS = timedelta(hours=1)


def calendar(one: Announced, address: str, host: str, say: Voice) -> bytes:
    """Write the dates; the same notice gives the same bytes.

    Parameters
    ----------
    address
        Where the notice's page is.
    host
        The site's name, which makes the ids of the events its own.
    """
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", say.pick(one.title))
    for hearing in one.hearings:
        made.add_component(_hearing(one, hearing, address, host, say))
    made.add_component(_close(one, address, host, say))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _hearing(one: Announced, hearing: Hearing, address: str, host: str, say: Voice) -> Any:
    event = _event(one, f"{one.id}-hearing-{hearing.number}@{host}", address)
    event.add("summary", f"{hearing.title}{say('：')}{say.pick(one.title)}")
    event.add("location", hearing.place)
    event.add("dtstart", hearing.starts_at.astimezone(ZONE))
    event.add("dtend", hearing.ends_at.astimezone(ZONE))
    event.add("status", "CANCELLED" if hearing.cancelled_at else "CONFIRMED")
    event.add("description", plain.summary(say.pick(one.plain)))
    return event


def _close(one: Announced, address: str, host: str, say: Voice) -> Any:
    event = _event(one, f"{one.id}-close@{host}", address)
    event.add("summary", say("意见征询截止：{title}", title=say.pick(one.title)))
    event.add("dtstart", (one.closes_at - _CLOSE_LASTS).astimezone(ZONE))
    event.add("dtend", one.closes_at.astimezone(ZONE))
    event.add("status", "CANCELLED" if one.state == "withdrawn" else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    until = say("意见须在 {end}（北京时间）以前送达", end=written(one.closes_at))
    event.add("description", until)
    return event


def _event(one: Announced, uid: str, address: str) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", _stamp(one))
    event.add("sequence", one.notice.revision + len(one.extensions))
    event.add("url", address)
    return event


def _stamp(one: Announced) -> datetime:
    """When its dates were last told anew."""
    told = [one.notice.published_at or one.opens_at, *(each.at for each in one.extensions)]
    told += [each.cancelled_at for each in one.hearings if each.cancelled_at]
    return max([*told, *([one.notice.withdrawn_at] if one.notice.withdrawn_at else [])])
