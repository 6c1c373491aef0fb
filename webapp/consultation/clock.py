"""The time that legal dates are counted in, and a clock that tests can set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from webapp.database import now

#: Every legal date is one of the zone's calendar; moments are kept in UTC.
ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the present moment, with its time zone."""

    def now(self) -> datetime:
        """The present moment."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return now()


@dataclass
class SetClock:
    """A clock that stands where it was set."""

    at: datetime

    def now(self) -> datetime:
        """Where it was set."""
        return self.at

    def forward(self, **by: float) -> None:
        """Set it forward by days, hours, seconds ... as :class:`datetime.timedelta` has them."""
        self.at += timedelta(**by)


def day_of(moment: datetime) -> date:
    """The day of a moment in the zone's calendar."""
    return moment.astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """The first moment of a day in the zone."""
    return datetime.combine(day, time(), ZONE)


def end_of(day: date) -> datetime:
    """24:00 of a day, which is the first moment of the next: what is sent before it counts."""
    return start_of(day + timedelta(days=1))


def written(moment: datetime) -> str:
    """A moment for people, in the zone's time; the first of a day is 24:00 of the one before."""
    local = moment.astimezone(ZONE)
    if local.time() == time():
        return f"{local.date() - timedelta(days=1)} 24:00"
    return local.strftime("%Y-%m-%d %H:%M" if not local.second else "%Y-%m-%d %H:%M:%S")
