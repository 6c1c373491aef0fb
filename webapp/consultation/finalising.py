"""Finalising a report: every opinion is answered, its inputs have a hash, all may read it."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text
from layers.plan import Plan
from webapp import journal
from webapp.accounts import Person
from webapp.consultation import deciding, report
from webapp.consultation.clock import Clock
from webapp.consultation.reading import Voice
from webapp.consultation.states import STATES, State
from webapp.consultation.tables import Finalisation, Notice

#: A report may be finalised in these; once more when something was decided anew.
_ALLOWED: frozenset[State] = frozenset({"closed", "answered"})

NOT_NOW = ProblemKind(
    "report-state",
    "error",
    Text(
        zh="公示 {id} 现在是“{state}”，还不能定稿",
        en="The notice {id} is “{state}”: its report cannot be finalised",
    ),
    Text(zh="公示截止后再定稿", en="Finalise it after the notice has closed"),
)
UNANSWERED = ProblemKind(
    "report-unanswered",
    "error",
    Text(zh="还有 {count} 条未答复", en="{count} are not answered yet"),
    Text(zh="逐条答复后再定稿", en="Answer each of them, then finalise"),
)
UNMODERATED = ProblemKind(
    "report-unmoderated",
    "error",
    Text(zh="还有 {count} 条未审核", en="{count} are not moderated yet"),
    Text(zh="审核后再定稿", en="Moderate them, then finalise"),
)
NOTHING_NEW = ProblemKind(
    "report-final",
    "error",
    Text(zh="报告已定稿，此后没有变化", en="The report is final and nothing has changed since"),
    Text(zh="直接下载定稿的报告", en="Download it as it is"),
)
KINDS = (NOT_NOW, UNANSWERED, UNMODERATED, NOTHING_NEW)


def finalise(
    session: Session, plan: Plan, notice_id: str, *, by: Person, clock: Clock
) -> Finalisation:
    """Finalise the report of a notice: from then on it is answered, and its report is public.

    Raises
    ------
    NotFound
        There is no such notice.
    InputError
        It is still open, or opinions are not moderated or answered; all of it at once.
    """
    # Locked, so that nobody receives, decides or finalises meanwhile.
    session.get(Notice, notice_id, with_for_update=True, populate_existing=True)
    found = report.gather(session, plan, notice_id, clock.now())
    wrong = problems(found)
    if wrong:
        raise InputError(wrong)
    made = Finalisation(
        notice_id=notice_id,
        number=_next_number(session, notice_id),
        inputs=found.inputs,
        by=by.name,
        at=clock.now(),
    )
    session.add(made)
    found.notice.answered_at = found.notice.answered_at or made.at
    session.flush()
    journal.append(
        session,
        "report-finalised",
        actor=by.name,
        subject=notice_id,
        number=made.number,
        inputs=made.inputs,
        opinions=found.tally.receipts,
    )
    return made


def problems(found: report.Gathered) -> list[Problem]:
    """What holds finalising up."""
    if found.state not in _ALLOWED:
        return [NOT_NOW.at(id=found.notice.id, state=STATES[found.state])]
    unmoderated, unanswered = waiting(found)
    told = [UNMODERATED.at(count=len(unmoderated))] if unmoderated else []
    told += [UNANSWERED.at(count=len(unanswered))] if unanswered else []
    return told or ([NOTHING_NEW.at()] if found.is_final else [])


def waiting(found: report.Gathered) -> tuple[list[Voice], list[Voice]]:
    """The opinions that nobody has moderated, and those that nobody has decided on."""
    pending = [one for one in found.voices if one.standing == "pending"]
    return pending, deciding.unanswered(found.voices)


def _next_number(session: Session, notice_id: str) -> int:
    wanted = select(func.max(Finalisation.number)).where(Finalisation.notice_id == notice_id)
    return (session.scalar(wanted) or 0) + 1
