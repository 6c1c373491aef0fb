"""Opinions with everything that became of them: what pages, register and report all read.

One function gives the opinions of a notice and one counts them, so that a total is the same
wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import NotFound
from geo.types import Text
from webapp.consultation.tables import Attachment, Decision, Group, Moderation, Notice, Opinion
from webapp.consultation.words import Standing

NOTICE = Text(zh="公示", en="notice")
#: Stands for a character that is masked.
MASK = "■"
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Voice:
    """An opinion, whether it is shown, the group it is in, what was decided.

    Attributes
    ----------
    moderation, decision
        The ones that hold; None where there is none yet.
    """

    opinion: Opinion
    attachments: tuple[Attachment, ...] = ()
    moderation: Moderation | None = None
    group: Group | None = None
    decision: Decision | None = None

    @property
    def standing(self) -> Standing:
        """Whether the public sees it."""
        if self.moderation is None:
            return "pending"
        return "shown" if self.moderation.verdict == "show" else "withheld"

    @property
    def public_words(self) -> str | None:
        """The words as the public reads them, masked where they must be; None when it does not."""
        if self.moderation is None or self.standing != "shown":
            return None
        return masked(self.opinion.words, self.moderation.masks)


@dataclass(frozen=True)
class Tally:
    """Counts of opinions; ``receipts`` is how many there are, the sum of each mapping is that too.

    Attributes
    ----------
    texts
        Different texts, upper case, blanks and punctuation aside.
    subjects
        Groups, and opinions in none: so many things are decided.
    """

    receipts: int
    texts: int
    subjects: int
    by_channel: Mapping[str, int]
    by_project: Mapping[str | None, int]
    by_stance: Mapping[str | None, int]
    by_standing: Mapping[Standing, int]
    by_verdict: Mapping[str | None, int]
    #: An opinion may have several topics or none: the sum is not ``receipts``.
    by_topic: Mapping[str, int]
    #: Of those withheld only.
    by_code: Mapping[str, int]


def notice_of(session: Session, notice_id: str) -> Notice:
    """A notice by its id; :class:`geo.errors.NotFound` where there is none."""
    found = session.get(Notice, notice_id)
    if found is None:
        raise NotFound(NOTICE, notice_id)
    return found


def voices(session: Session, notice_id: str) -> list[Voice]:
    """Every opinion of a notice in the order of its numbers."""
    wanted = select(Opinion).where(Opinion.notice_id == notice_id).order_by(Opinion.number)
    return _voices(session, notice_id, session.scalars(wanted).all())


def voice_of(session: Session, receipt: str) -> Voice | None:
    """The opinion of a receipt; None where there is none."""
    found = session.scalar(select(Opinion).where(Opinion.receipt == receipt))
    return None if found is None else _voices(session, found.notice_id, [found])[0]


def tally(found: Iterable[Voice]) -> Tally:
    """Count opinions."""
    listed = list(found)
    topics = Counter(topic for one in listed for topic in one.opinion.topics)
    codes = Counter(
        one.moderation.code for one in listed if one.moderation and one.standing == "withheld"
    )
    return Tally(
        receipts=len(listed),
        texts=len({same_text(one.opinion.words) for one in listed}),
        subjects=len({subject_of(one) for one in listed}),
        by_channel=Counter(one.opinion.channel for one in listed),
        by_project=Counter(one.opinion.project for one in listed),
        by_stance=Counter(one.opinion.stance for one in listed),
        by_standing=Counter(one.standing for one in listed),
        by_verdict=Counter(one.decision.verdict if one.decision else None for one in listed),
        by_topic=topics,
        by_code=codes,
    )


def subject_of(one: Voice) -> tuple[str, int]:
    """What is decided as one: the group of an opinion, or itself."""
    return ("group", one.group.id) if one.group else ("opinion", one.opinion.id)


def same_text(words: str) -> str:
    """Words as they are compared: equal ones differ in case, blanks and punctuation at most."""
    kept = (
        one
        for one in unicodedata.normalize("NFKC", words).casefold()
        if unicodedata.category(one)[0] in "LNS"
    )
    return "".join(kept) or _BLANKS.sub(" ", words).strip()


def masked(words: str, masks: Sequence[Sequence[int]]) -> str:
    """Words with each masked character replaced; as many characters as before."""
    shown = list(words)
    for start, end in masks:
        shown[start:end] = MASK * (min(end, len(words)) - start)
    return "".join(shown)


def _voices(session: Session, notice_id: str, opinions: Sequence[Opinion]) -> list[Voice]:
    """Put together what belongs to opinions of one notice, with one question a table."""
    alone = [opinions[0].id] if len(opinions) == 1 else None
    attachments: dict[int, list[Attachment]] = {}
    for attachment in _of(session, Attachment, notice_id, alone):
        attachments.setdefault(attachment.opinion_id, []).append(attachment)
    # In the order of their numbers: the last one of each opinion stays.
    moderations = {row.opinion_id: row for row in _of(session, Moderation, notice_id, alone)}
    groups = {
        row.id: row for row in session.scalars(select(Group).where(Group.notice_id == notice_id))
    }
    decisions = session.scalars(
        select(Decision).where(Decision.notice_id == notice_id).order_by(Decision.id)
    ).all()
    by_opinion = {row.opinion_id: row for row in decisions if row.opinion_id is not None}
    by_group = {row.group_id: row for row in decisions if row.group_id is not None}
    return [
        Voice(
            opinion,
            tuple(attachments.get(opinion.id, ())),
            moderations.get(opinion.id),
            None if opinion.group_id is None else groups[opinion.group_id],
            _newer(by_opinion.get(opinion.id), by_group.get(opinion.group_id or 0)),
        )
        for opinion in opinions
    ]


def _of(session: Session, table: Any, notice_id: str, alone: list[int] | None) -> Iterable[Any]:
    wanted = select(table).join(Opinion, Opinion.id == table.opinion_id)
    wanted = wanted.where(Opinion.notice_id == notice_id)
    if alone is not None:
        wanted = wanted.where(Opinion.id.in_(alone))
    return session.scalars(wanted.order_by(table.opinion_id, table.number))


def _newer(own: Decision | None, of_group: Decision | None) -> Decision | None:
    given = [one for one in (own, of_group) if one is not None]
    return max(given, key=lambda one: one.id, default=None)
