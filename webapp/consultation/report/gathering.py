"""Everything that a report tells, read once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from geo.errors import NotFound
from geo.types import Text
from webapp.consultation import reading
from webapp.consultation.procedures import PROCEDURES, Procedure
from webapp.consultation.reading import Tally, Voice
from webapp.consultation.report import words
from webapp.consultation.report.changes import PlanChange, plan_changes
from webapp.consultation.report.hashing import inputs_hash
from webapp.consultation.states import State, state_of
from webapp.consultation.tables import (
    Decision,
    Document,
    Extension,
    Finalisation,
    Group,
    Hearing,
    Notice,
    Opinion,
)
from webapp.consultation.words import TOPICS
from webapp.journal import ACTIONS, Entry

if TYPE_CHECKING:
    from layers.plan import Plan

#: What was done with a notice and its opinions, which the report stands on.
_TOLD_OF = tuple(one for one in ACTIONS if one.startswith(("notice-", "opinion-")))


@dataclass(frozen=True, eq=False)
class Gathered:
    """What a report tells of one notice.

    Attributes
    ----------
    plan
        As it was when the report was finalised, else as it is.
    voices
        Every opinion, by its number.
    decisions
        Every decision, those that hold no more too.
    changes
        What changed in the plan because of opinions.
    log, log_size
        The entries of the log on the notice itself, and how many there are with the opinions'.
    log_head
        The last entry on the notice or an opinion of it: it proves all before it.
    finalised
        The last finalisation; None before there is one.
    """

    plan: Plan
    notice: Notice
    state: State
    extensions: tuple[Extension, ...]
    documents: tuple[Document, ...]
    hearings: tuple[Hearing, ...]
    voices: tuple[Voice, ...]
    groups: tuple[Group, ...]
    decisions: tuple[Decision, ...]
    changes: tuple[PlanChange, ...]
    log: tuple[Entry, ...]
    log_size: int
    log_head: Entry | None
    finalised: Finalisation | None

    @cached_property
    def tally(self) -> Tally:
        """The counts that the register and the public page tell too."""
        return reading.tally(self.voices)

    @cached_property
    def inputs(self) -> str:
        """SHA-256 of everything that the report is made of."""
        return inputs_hash(self)

    @property
    def is_final(self) -> bool:
        """Whether it was finalised and nothing that it tells has changed since."""
        return self.finalised is not None and self.finalised.inputs == self.inputs

    @property
    def procedure(self) -> Procedure:
        """The kind of the announcement."""
        return PROCEDURES[self.notice.procedure]

    @property
    def title(self) -> Text:
        """What the notice is called."""
        return Text(zh=self.notice.title_zh, en=self.notice.title_en or self.notice.title_zh)

    @cached_property
    def made_at(self) -> datetime:
        """The last moment of what is told: the date of the data, the same for the same data."""
        moments = [self.notice.begun_at, *(one.at for one in self.extensions)]
        moments += [one for one in (self.notice.published_at, self.notice.withdrawn_at) if one]
        for voice in self.voices:
            moments.append(voice.opinion.entered_at)
            moments += [voice.moderation.at] if voice.moderation else []
        moments += [one.at for one in self.groups]
        moments += [one.at for one in self.decisions]
        return max(moments)

    @cached_property
    def topics(self) -> dict[str, Text]:
        """The topics of the notice, and those that opinions have besides."""
        offered = self.notice.topics or TOPICS
        found = {one["id"]: Text(zh=one["zh"], en=one["en"]) for one in offered}
        for name in self.tally.by_topic:
            found.setdefault(name, Text(zh=name, en=name))
        return found

    @cached_property
    def project_names(self) -> dict[str, Text]:
        """The projects of the notice, then others that opinions are about."""
        others = sorted(one for one in self.tally.by_project if one)
        return {one: self._named(one) for one in dict.fromkeys([*self.notice.projects, *others])}

    def project_name(self, project: str | None) -> Text:
        """What a project is called; the whole plan for None."""
        return words.WHOLE_PLAN if project is None else self._named(project)

    def _named(self, project: str) -> Text:
        """The id too: names of projects change."""
        try:
            name = self.plan.project(project).name
        except NotFound:
            return Text(zh=project, en=project)
        return Text(zh=f"{project} {name.zh}", en=f"{project} {name.en}")

    def group_number(self, group: Group) -> int:
        """Groups are counted from 1 within a notice."""
        return [one.id for one in self.groups].index(group.id) + 1

    def members(self, group: Group) -> tuple[Voice, ...]:
        """The opinions of a group."""
        return tuple(one for one in self.voices if one.group and one.group.id == group.id)

    def led_to(self, change: PlanChange) -> tuple[Voice, ...]:
        """The opinions that a change of the plan answers."""
        wanted = (change.layer, change.version)
        return tuple(
            one
            for one in self.voices
            if one.decision and (one.decision.layer, one.decision.version) == wanted
        )


def gather(session: Session, plan: Plan, notice_id: str, now: datetime) -> Gathered:
    """Read what the report of a notice tells.

    Raises
    ------
    NotFound
        There is no such notice.
    """
    notice = reading.notice_of(session, notice_id)
    finalised = _last(_of_notice(session, Finalisation, notice_id))
    voices = tuple(reading.voices(session, notice_id))
    decisions = session.scalars(
        select(Decision).where(Decision.notice_id == notice_id).order_by(Decision.id)
    ).all()
    seen = plan.as_of(finalised.at) if finalised else plan
    log = _log(session, notice_id)
    grouped = {one.group.id: one.group for one in voices if one.group}
    return Gathered(
        plan=seen,
        notice=notice,
        state=state_of(notice, now),
        extensions=tuple(_of_notice(session, Extension, notice_id)),
        documents=tuple(
            one for one in _of_notice(session, Document, notice_id) if one.removed_at is None
        ),
        hearings=tuple(_of_notice(session, Hearing, notice_id)),
        voices=voices,
        groups=tuple(grouped[number] for number in sorted(grouped)),
        decisions=tuple(decisions),
        changes=plan_changes(seen, _holding(voices)),
        log=tuple(one for one in log if one.action.startswith("notice-")),
        log_size=len(log),
        log_head=_last(log),
        finalised=finalised,
    )


def _holding(voices: Iterable[Voice]) -> list[Decision]:
    """The decisions that hold, each once, in their order."""
    found = {one.decision.id: one.decision for one in voices if one.decision}
    return [found[number] for number in sorted(found)]


def _of_notice(session: Session, table: Any, notice_id: str) -> Sequence[Any]:
    wanted = select(table).where(table.notice_id == notice_id).order_by(table.number)
    return session.scalars(wanted).all()


def _log(session: Session, notice_id: str) -> Sequence[Entry]:
    """The entries on a notice and on its opinions; those of reports and contacts are left out.

    They come after the fact, and would change the report that they tell of.
    """
    receipts = select(Opinion.receipt).where(Opinion.notice_id == notice_id)
    about = or_(Entry.subject == notice_id, Entry.subject.in_(receipts))
    wanted = select(Entry).where(Entry.action.in_(_TOLD_OF), about)
    return session.scalars(wanted.order_by(Entry.number)).all()


def _last(rows: Sequence[Any]) -> Any:
    return rows[-1] if rows else None
