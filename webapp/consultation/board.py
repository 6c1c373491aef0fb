"""What is still to be answered, by project, topic and age: the figures are those of the tally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from geo.types import Text
from webapp.consultation.clock import day_of
from webapp.consultation.reading import Tally, Voice, tally
from webapp.consultation.tables import Notice

Age = Literal["7", "15", "30"]
Answer = Literal["unanswered", "answered"]

#: How long it waits at least, in days since it was received.
AGES: Mapping[Age, Text] = MappingProxyType(
    {
        "7": Text(zh="7 日以上", en="7 days or more"),
        "15": Text(zh="15 日以上", en="15 days or more"),
        "30": Text(zh="30 日以上", en="30 days or more"),
    }
)
ANSWERS: Mapping[Answer, Text] = MappingProxyType(
    {
        "unanswered": Text(zh="未答复", en="Unanswered"),
        "answered": Text(zh="已答复", en="Answered"),
    }
)
#: Stands in an address for an opinion on the whole plan.
WHOLE_PLAN = "-"


@dataclass(frozen=True)
class Filter:
    """Which opinions are looked at; empty asks for nothing, conditions hold together."""

    project: str = ""
    topic: str = ""
    age: str = ""
    answer: str = ""

    def chosen(self, voices: Iterable[Voice], now: datetime) -> list[Voice]:
        """Those that pass."""
        return [one for one in voices if self._passes(one, now)]

    def _passes(self, one: Voice, now: datetime) -> bool:
        opinion, answered = one.opinion, one.decision is not None
        return (
            (not self.project or (opinion.project or WHOLE_PLAN) == self.project)
            and (not self.topic or self.topic in opinion.topics)
            and (not self.age or days_waiting(one, now) >= int(self.age))
            and (not self.answer or answered == (self.answer == "answered"))
        )


@dataclass(frozen=True)
class Line:
    """How many opinions one project or topic has, and how many of them wait."""

    key: str
    receipts: int
    unanswered: int


@dataclass(frozen=True)
class Board:
    """Where the answers of a notice stand.

    Attributes
    ----------
    whole
        Every opinion counted.
    days_to_close
        Whole days of the calendar until it closes; below 0: so many since it closed; None where
        it was never published.
    """

    whole: Tally
    projects: Sequence[Line]
    topics: Sequence[Line]
    days_to_close: int | None

    @property
    def unanswered(self) -> int:
        """Opinions on which nothing is decided."""
        return self.whole.by_verdict.get(None, 0)


def board(notice: Notice, voices: Sequence[Voice], now: datetime) -> Board:
    """Where the answers of a notice stand now."""
    whole, waiting = tally(voices), tally(one for one in voices if one.decision is None)
    closes = notice.closes_at
    return Board(
        whole,
        _lines(_keyed(whole.by_project), _keyed(waiting.by_project)),
        _lines(whole.by_topic, waiting.by_topic),
        None if closes is None else (day_of(closes) - day_of(now)).days,
    )


def days_waiting(one: Voice, now: datetime) -> int:
    """Days of the calendar since an opinion was received."""
    return (day_of(now) - day_of(one.opinion.received_at)).days


def _keyed(counts: Mapping[str | None, int]) -> Counter[str]:
    return Counter({key or WHOLE_PLAN: count for key, count in counts.items()})


def _lines(receipts: Mapping[str, int], waiting: Mapping[str, int]) -> list[Line]:
    found = [Line(key, count, waiting.get(key, 0)) for key, count in receipts.items()]
    return sorted(found, key=lambda one: (-one.unanswered, -one.receipts, one.key))
