"""Where a notice stands: told by its moments and the clock, never kept, so that nothing is late.

::

    draft <--take back--- scheduled ---opens_at---> open ---3 days left---> closing
      |                       ^                       |                      |   ^
      +-------publish---------+                       +-------withdraw-------+   | downtime
                                                      v                      v   |
                                                  withdrawn       closes_at: closed
                                                                             |
                                                        answered <--finalise-+

A notice whose moments begin at once goes from ``draft`` to ``open``; lengthening goes back from
``closing`` to ``open``. docs/consultations.md draws and explains it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, Protocol

from geo.types import Text

State = Literal["draft", "scheduled", "open", "closing", "closed", "answered", "withdrawn"]

STATES: Mapping[State, Text] = MappingProxyType(
    {
        "draft": Text(zh="拟稿", en="In preparation"),
        "scheduled": Text(zh="即将公示", en="Announced soon"),
        "open": Text(zh="公示中", en="Open"),
        "closing": Text(zh="即将截止", en="Closing soon"),
        "closed": Text(zh="已截止，意见办理中", en="Closed, being answered"),
        "answered": Text(zh="已答复", en="Answered"),
        "withdrawn": Text(zh="已撤回", en="Withdrawn"),
    }
)
#: Everybody may see a notice in one of these.
PUBLIC: frozenset[State] = frozenset({"open", "closing", "closed", "answered", "withdrawn"})
#: Opinions are taken.
TAKES_OPINIONS: frozenset[State] = frozenset({"open", "closing"})
_SOON = timedelta(days=3)


class Dated(Protocol):
    """The moments of a notice that its state follows from."""

    published_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    answered_at: datetime | None
    withdrawn_at: datetime | None


def state_of(notice: Dated, now: datetime) -> State:
    """Where a notice stands at a moment; the last moment before closing is still open."""
    if notice.withdrawn_at is not None:
        return "withdrawn"
    if notice.published_at is None or notice.opens_at is None or notice.closes_at is None:
        return "draft"
    if notice.answered_at is not None:
        return "answered"
    return _by_clock(notice.opens_at, notice.closes_at, now)


def _by_clock(opens_at: datetime, closes_at: datetime, now: datetime) -> State:
    if now < opens_at:
        return "scheduled"
    if now >= closes_at:
        return "closed"
    return "closing" if closes_at - now <= _SOON else "open"
