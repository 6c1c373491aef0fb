"""Showing an opinion to the public or withholding it: one more row each time, the last one holds.

The words are never edited. Personal data of third parties is masked; the author always reads the
whole, and so does the register.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import InputError, NotFound, ProblemKind
from geo.types import Text, listing
from webapp import journal
from webapp.accounts import Person
from webapp.consultation import masks as covering
from webapp.consultation import rows
from webapp.consultation.clock import Clock
from webapp.consultation.reading import Voice
from webapp.consultation.tables import Moderation, Opinion
from webapp.consultation.words import WITHHELD_FOR

Shown = Literal["show", "withhold"]

VERDICTS: tuple[Shown, ...] = ("show", "withhold")
MOST_OF_A_NOTE = 500
OPINION = Text(zh="意见", en="opinion")

NO_CODE = ProblemKind(
    "moderation-code",
    "error",
    Text(zh="没有选择不公开的理由", en="No reason is chosen for withholding it"),
    Text(zh="从理由中选一项：{allowed}", en="Choose one of {allowed}"),
)
MEANWHILE = ProblemKind(
    "moderation-meanwhile",
    "error",
    Text(
        zh="{by} 在您查看期间已审核这条意见，您的决定没有保存",
        en="{by} moderated this opinion while you were looking at it; yours was not saved",
    ),
    Text(
        zh="看过对方的决定后，如仍要改，再提交一次；两次都会留痕",
        en="Look at that decision; if it should still change, send yours again: both are kept",
    ),
)


class Meanwhile(InputError):  # noqa: N818 - the name says it
    """Another person moderated the opinion meanwhile; ``theirs`` is what they decided."""

    def __init__(self, theirs: Moderation) -> None:
        super().__init__(MEANWHILE.at(by=theirs.by))
        self.theirs = theirs


def moderate(
    session: Session,
    receipt: str,
    verdict: Shown,
    *,
    code: str = "",
    masks: Iterable[Sequence[int]] = (),
    note: str = "",
    by: Person,
    clock: Clock,
    seen: int | None = None,
) -> Moderation:
    """Decide whether the public sees an opinion.

    Parameters
    ----------
    code
        Why it is withheld, of :data:`webapp.consultation.words.WITHHELD_FOR`.
    masks
        Ranges of characters that the public does not read.
    note
        For the staff only.
    seen
        Number of the decision that the person saw, 0 for none; None where nobody looked.

    Raises
    ------
    NotFound
        There is no such opinion.
    InputError
        It is withheld without a reason, or a mask lies outside of the words.
    Meanwhile
        Somebody else decided meanwhile; nothing is changed.
    """
    opinion = locked(session, receipt)
    last = _last(session, opinion.id)
    if last is not None and seen is not None and last.number != seen:
        session.expunge(last)
        raise Meanwhile(last)
    made = Moderation(
        opinion_id=opinion.id,
        number=last.number + 1 if last else 1,
        verdict=verdict,
        code=_code(verdict, code),
        masks=[list(one) for one in covering.checked(opinion.words, masks)],
        note=note,
        by=by.name,
        at=clock.now(),
    )
    session.add(made)
    session.flush()
    _log(session, opinion, made)
    return made


def queue(voices: Iterable[Voice]) -> list[Voice]:
    """Opinions that nobody has moderated yet, those that wait longest first."""
    waiting = [one for one in voices if one.standing == "pending"]
    return sorted(waiting, key=lambda one: (one.opinion.entered_at, one.opinion.number))


def history(session: Session, opinion_id: int) -> list[Moderation]:
    """Every decision on whether an opinion is shown, the oldest first."""
    wanted = select(Moderation).where(Moderation.opinion_id == opinion_id)
    return list(session.scalars(wanted.order_by(Moderation.number)))


def locked(session: Session, receipt: str) -> Opinion:
    """An opinion that nobody else decides on until the transaction ends.

    Raises
    ------
    NotFound
        There is none of this receipt.
    """
    wanted = select(Opinion).where(Opinion.receipt == receipt).with_for_update()
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(OPINION, receipt)
    return found


def _last(session: Session, opinion_id: int) -> Moderation | None:
    wanted = select(Moderation).where(Moderation.opinion_id == opinion_id)
    return session.scalar(wanted.order_by(Moderation.number.desc()).limit(1))


def _code(verdict: Shown, code: str) -> str:
    if verdict == "show":
        return ""
    if code not in WITHHELD_FOR:
        raise InputError(NO_CODE.at(field="code", allowed=listing(WITHHELD_FOR)))
    return code


def _log(session: Session, opinion: Opinion, made: Moderation) -> None:
    journal.append(
        session,
        "opinion-moderated",
        actor=made.by,
        subject=opinion.notice_id,
        receipt=opinion.receipt,
        verdict=made.verdict,
        code=made.code,
        row=rows.detail(made, opinion.key),
    )
