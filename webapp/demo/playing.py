"""Playing a consultation from its notice to its answers, and one that is still open."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geo.types import Told, nobody
from layers.plan import Plan
from webapp.accounts import Person
from webapp.consultation import (
    deciding,
    finalising,
    grouping,
    masks,
    moderation,
    notices,
    receiving,
)
from webapp.consultation.attachments import Files
from webapp.consultation.clock import SetClock
from webapp.consultation.notices import Content
from webapp.consultation.procedures import close_after
from webapp.consultation.reading import notice_of
from webapp.consultation.receiving import Sent
from webapp.consultation.words import Channel
from webapp.database import Database
from webapp.demo import announced, park
from webapp.demo.themes import HOSTILE, THEMES, Theme
from webapp.publishing import Deployment
from webapp.settings import Settings

PLANNER = Person("demo-planner", "规划师（演示）")
MODERATOR = Person("demo-moderator", "意见管理员（演示）")
DAYS = 30
#: The answered notice opened so many days ago, the open one so many.
_BEGAN, _OPEN_SINCE = 40, 9
#: The same opinions in the same order at every play; the receipts differ.
_SEED = 2026
#: Of ten opinions so many come by each channel.
_CHANNELS: tuple[Channel, ...] = ("web",) * 16 + ("paper",) * 2 + ("meeting", "phone")
#: Of the open notice so many have arrived and so many of them are moderated.
_ARRIVED, _MODERATED = 24, 16


@dataclass(frozen=True)
class Line:
    """An opinion to come: its theme, or for a hostile one why it is withheld."""

    words: str
    theme: Theme | None = None
    withheld_for: str = ""


@dataclass(frozen=True)
class Played:
    """What there is to see: two notices, and the receipt of an opinion that changed the plan."""

    answered: str
    open: str
    adopted: str
    opinions: int


def play(
    settings: Settings,
    deployment: Deployment,
    database: Database,
    now: datetime,
    told: Told = nobody,
) -> Played:
    """Fill a deployment that has no notices yet.

    Parameters
    ----------
    now
        The moment that the play ends at; the answered notice was announced 40 days before.
    """
    stage = Stage(settings, deployment, database)
    lines = arriving()
    answered = stage.announce(announced.PARK_AND_ROAD, now - timedelta(days=_BEGAN))
    receipts = stage.hear(answered, lines, now - timedelta(days=_BEGAN - DAYS), told=told)
    stage.answer(answered, list(zip(lines, receipts, strict=True)), now)
    still_open = stage.announce(announced.ROADSIDE, now - timedelta(days=_OPEN_SINCE))
    further = [line for line in lines if line.theme and line.theme.project is None][:_ARRIVED]
    stage.hear(still_open, further, now, moderated=_MODERATED)
    adopted = next(n for n, line in enumerate(lines) if line.theme and line.theme.changes_plan)
    return Played(answered, still_open, receipts[adopted], len(lines) + len(further))


def arriving() -> list[Line]:
    """The 300 opinions in the order in which they arrive."""
    found = [Line(words, theme) for theme in THEMES for words in theme.texts()]
    found += [Line(words, None, code) for words, code in HOSTILE]
    random.Random(_SEED).shuffle(found)  # noqa: S311 - an order, no secret
    return found


class Stage:
    """The zone's people at their work, by a clock that is set."""

    def __init__(self, settings: Settings, deployment: Deployment, database: Database) -> None:
        self._settings = settings
        self._deployment = deployment
        self._database = database
        self._files = Files(settings.data)

    def announce(self, content: Content, opens_at: datetime) -> str:
        """Set a notice up and open it."""
        clock = SetClock(opens_at)
        with self._database.writing() as session:
            notice = notices.begin(session, content, by=PLANNER, clock=clock)
            closes_at = close_after(opens_at, DAYS)
            notices.publish(
                session, notice.id, opens_at=None, closes_at=closes_at, by=PLANNER, clock=clock
            )
            return notice.id

    def hear(
        self,
        notice_id: str,
        lines: Sequence[Line],
        until: datetime,
        *,
        moderated: int | None = None,
        told: Told = nobody,
    ) -> list[str]:
        """Receive opinions, evenly until a moment; the first of them are moderated the same day."""
        with self._database.reading() as session:
            opens_at = notice_of(session, notice_id).opens_at or until
        step = (until - opens_at) / (len(lines) + 1)
        receipts = []
        for number, line in enumerate(lines):
            at = opens_at + step * (number + 1)
            receipts.append(self._receive(notice_id, line, at, _CHANNELS[number % len(_CHANNELS)]))
            if moderated is None or number < moderated:
                self.moderate(receipts[-1], line, SetClock(at + timedelta(hours=2)))
            told(number + 1, len(lines))
        return receipts

    def answer(self, notice_id: str, heard: Sequence[tuple[Line, str]], now: datetime) -> None:
        """Change the plan, decide on every opinion, finalise the report."""
        clock = SetClock(now)
        catalog, store = self._deployment.catalog, self._deployment.store
        with self._database.writing() as session:
            version = park.grow(session, catalog, store, by=PLANNER).id
        self.decide(notice_id, heard, version, clock)
        plan = Plan.open(catalog.folder)
        with self._database.writing() as session:
            finalising.finalise(session, plan, notice_id, by=MODERATOR, clock=clock)

    def decide(
        self, notice_id: str, heard: Sequence[tuple[Line, str]], version: str, clock: SetClock
    ) -> None:
        """Answer every opinion, theme by theme; ``version`` is the change that answers some."""
        for theme in THEMES:
            receipts = [receipt for line, receipt in heard if line.theme is theme]
            self._decide(notice_id, theme, receipts, version, clock)
        for line, receipt in heard:
            if line.theme is None:
                self._decide_alone(receipt, line, clock)

    def _receive(self, notice_id: str, line: Line, at: datetime, channel: Channel) -> str:
        theme = line.theme
        sent = Sent(
            key=secrets.token_urlsafe(24),
            words=line.words,
            stance=theme.stance if theme else None,
            topics=theme.topics if theme else (),
            project=theme.project if theme else None,
        )
        with self._database.writing() as session:
            made = receiving.receive(
                session,
                self._files,
                self._settings,
                notice_of(session, notice_id),
                sent,
                at=at,
                channel=channel,
                by=None if channel == "web" else MODERATOR.name,
            )
            return made.receipt

    def moderate(self, receipt: str, line: Line, clock: SetClock) -> None:
        """Show or withhold an opinion; what looks like personal data is masked."""
        found = [(one.start, one.end) for one in masks.proposals(line.words)]
        with self._database.writing() as session:
            moderation.moderate(
                session,
                receipt,
                "withhold" if line.withheld_for else "show",
                code=line.withheld_for,
                masks=[] if line.withheld_for else found,
                by=MODERATOR,
                clock=clock,
            )

    def _decide(
        self, notice_id: str, theme: Theme, receipts: Sequence[str], version: str, clock: SetClock
    ) -> None:
        words = _decision(theme, version)
        with self._database.writing() as session:
            if theme.grouped:
                made = grouping.group(
                    session, notice_id, receipts, theme.title, by=MODERATOR, clock=clock
                )
                deciding.decide(session, group=made.id, by=PLANNER, clock=clock, **words)
                return
            for receipt in receipts:
                deciding.decide(session, receipt=receipt, by=PLANNER, clock=clock, **words)

    def _decide_alone(self, receipt: str, line: Line, clock: SetClock) -> None:
        reason = "内容与规划无关或不能辨认，已登记。" if line.withheld_for else "已转设计单位研究。"
        with self._database.writing() as session:
            deciding.decide(
                session,
                receipt=receipt,
                verdict="out-of-scope" if line.withheld_for else "transferred",
                reason=reason,
                body=THEMES[0].body,
                by=PLANNER,
                clock=clock,
            )


def _decision(theme: Theme, version: str) -> dict[str, Any]:
    return {
        "verdict": theme.verdict,
        "reason": theme.reason,
        "body": theme.body,
        "projects": (theme.project,) if theme.project else (),
        "layer": park.LAYER if theme.changes_plan else None,
        "version": version if theme.changes_plan else None,
    }
