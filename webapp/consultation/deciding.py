"""What becomes of opinions: a verdict with its reason, for one or for a group; the last row holds.

Second thoughts are one more decision. The older one stays readable for everybody who could read it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from geo.errors import InputError, NotFound, Problem, ProblemKind
from geo.types import Text, listing
from layers.store import Store
from layers.versions import Publication
from webapp import journal
from webapp.accounts import Person
from webapp.consultation import mailing, rows
from webapp.consultation.clock import Clock
from webapp.consultation.grouping import GROUP
from webapp.consultation.moderation import locked as locked_opinion
from webapp.consultation.reading import Voice, same_text, voices
from webapp.consultation.tables import Decision, Group, Notice, Opinion
from webapp.consultation.words import VERDICTS, Verdict

MOST_OF_A_REASON = 2000
MOST_OF_A_BODY = 100

NO_VERDICT = ProblemKind(
    "decision-verdict",
    "error",
    Text(zh="没有选择怎样处理", en="No verdict is chosen"),
    Text(zh="从中选一项：{allowed}", en="Choose one of {allowed}"),
)
NO_REASON = ProblemKind(
    "decision-reason",
    "error",
    Text(zh="没有写理由", en="No reason is given"),
    Text(
        zh="报送审批时须附意见采纳情况及理由（城乡规划法第二十六条），采纳的也要写",
        en="The file for approval attaches the reasons (Planning Law, art. 26), for what is "
        "adopted too",
    ),
)
NO_BODY = ProblemKind(
    "decision-body",
    "error",
    Text(zh="没有写负责单位", en="No responsible body is named"),
    Text(zh="写明由哪个单位负责", en="Name the body that is responsible"),
)
HALF_A_CHANGE = ProblemKind(
    "decision-change",
    "error",
    Text(zh="规划变更要有图层和版本", en="A change of the plan is a layer and its version"),
    Text(zh="从列出的版本中选一个", en="Choose one of the versions that are listed"),
)
MEANWHILE = ProblemKind(
    "decision-meanwhile",
    "error",
    Text(
        zh="{by} 在您查看期间已作出决定，您的没有保存",
        en="{by} decided while you were looking at it; yours was not saved",
    ),
    Text(
        zh="看过对方的决定后，如仍要改，再提交一次；两次都会留痕",
        en="Look at that decision; if it should still change, send yours again: both are kept",
    ),
)


class Meanwhile(InputError):  # noqa: N818 - the name says it
    """Another person decided meanwhile; ``theirs`` is what they decided."""

    def __init__(self, theirs: Decision) -> None:
        super().__init__(MEANWHILE.at(by=theirs.by))
        self.theirs = theirs


@dataclass(frozen=True)
class Block:
    """A reason that was given before, to be used again, and for how many things it was."""

    verdict: Verdict
    reason: str
    count: int


@dataclass(frozen=True)
class Offer:
    """A version of a layer that was published since a notice opened."""

    layer: str
    publication: Publication
    before: Publication

    @property
    def key(self) -> str:
        """The layer and the version in one word."""
        return f"{self.layer}/{self.publication.version}"


@dataclass(frozen=True)
class Led:
    """The opinions of a notice that led to a version of a layer."""

    notice: Notice
    voices: tuple[Voice, ...]

    def told(self) -> list[tuple[str | None, list[Voice]]]:
        """What the public reads: each text of a verdict once with those who sent it, None last.

        None stands for those that are not shown.
        """
        said: dict[str, list[Voice]] = {}
        for one in self.voices:
            said.setdefault(_text_of(one), []).append(one)
        hidden = said.pop("", [])
        texts: list[tuple[str | None, list[Voice]]] = [
            (own[0].public_words, own) for own in said.values()
        ]
        return [*texts, (None, hidden)] if hidden else texts


def decide(
    session: Session,
    *,
    receipt: str | None = None,
    group: int | None = None,
    verdict: str,
    reason: str,
    body: str,
    projects: Sequence[str] = (),
    layer: str | None = None,
    version: str | None = None,
    by: Person,
    clock: Clock,
    seen: int | None = None,
) -> Decision:
    """Decide on an opinion, or on all that are in a group.

    Parameters
    ----------
    receipt, group
        One of them.
    body
        The body that is responsible for what was decided.
    layer, version
        The version that was published because of it.
    seen
        The id of the decision that the person saw, 0 for none; None where nobody looked.

    Raises
    ------
    NotFound
        There is no such opinion or group.
    InputError
        Something is missing; all of it at once.
    Meanwhile
        Somebody else decided meanwhile; nothing is changed.
    """
    if (receipt is None) == (group is None):
        raise ValueError("one of receipt and group")
    subject = _locked_group(session, group) if receipt is None else _locked(session, receipt)
    last = _last(session, subject)
    if last is not None and seen is not None and last.id != seen:
        session.expunge(last)
        raise Meanwhile(last)
    wrong = _problems(verdict, reason.strip(), body.strip(), layer, version)
    if wrong:
        raise InputError(wrong)
    made = Decision(
        notice_id=subject.notice_id,
        opinion_id=subject.id if isinstance(subject, Opinion) else None,
        group_id=subject.id if isinstance(subject, Group) else None,
        verdict=verdict,
        reason=reason.strip(),
        body=body.strip(),
        projects=list(projects),
        layer=layer,
        version=version,
        by=by.name,
        at=clock.now(),
    )
    session.add(made)
    session.flush()
    mailing.queue_decision(session, made)
    _log(session, subject, made)
    return made


def unanswered(found: Iterable[Voice]) -> list[Voice]:
    """Opinions on which nothing is decided."""
    return [one for one in found if one.decision is None]


def history(session: Session, one: Voice) -> list[Decision]:
    """Every decision on an opinion and on the group that it is in, the oldest first."""
    return _decisions(session, one.opinion.id, one.group.id if one.group else None)


def history_of_group(session: Session, group_id: int) -> list[Decision]:
    """Every decision on a group, the oldest first."""
    return _decisions(session, None, group_id)


def blocks(session: Session, notice_id: str) -> list[Block]:
    """The reasons of a notice to be used again, those given most often first."""
    wanted = select(Decision.verdict, Decision.reason).where(Decision.notice_id == notice_id)
    counted = Counter((row.verdict, row.reason) for row in session.execute(wanted))
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [Block(verdict, reason, count) for (verdict, reason), count in ordered]


def offers(store: Store, layers: Iterable[str], opened_at: datetime | None) -> list[Offer]:
    """The versions of layers that were published since, the newest first."""
    if opened_at is None:
        return []
    found = [offer for layer in layers for offer in _offers(store, layer, opened_at)]
    return sorted(found, key=lambda one: one.publication.at, reverse=True)


def led_to(session: Session, layer: str, version: str) -> list[Led]:
    """The opinions whose decision names a version as the change that it led to, by notice.

    A decision that another one took the place of leads nowhere any more.
    """
    named = select(Decision.notice_id).where(Decision.layer == layer, Decision.version == version)
    wanted = select(Notice).where(Notice.id.in_(named)).order_by(Notice.id)
    found = [
        Led(notice, tuple(one for one in voices(session, notice.id) if _names(one, layer, version)))
        for notice in session.scalars(wanted)
    ]
    return [one for one in found if one.voices]


def _text_of(one: Voice) -> str:
    """What makes a text and its verdict the same for the public; empty where it is not shown."""
    if one.public_words is None or one.decision is None:
        return ""
    return f"{one.decision.verdict} {same_text(one.public_words)}"


def _names(one: Voice, layer: str, version: str) -> bool:
    return one.decision is not None and (one.decision.layer, one.decision.version) == (
        layer,
        version,
    )


def _offers(store: Store, layer: str, opened_at: datetime) -> list[Offer]:
    entries = store.publications(layer)
    return [
        Offer(layer, entry, before)
        for entry, before in pairwise(entries)
        if datetime.fromisoformat(entry.at) >= opened_at and before.version != entry.version
    ]


def _locked(session: Session, receipt: str) -> Opinion:
    """An opinion and the group that it is in: what is decided on either waits."""
    found = locked_opinion(session, receipt)
    if found.group_id is not None:
        _locked_group(session, found.group_id)
    return found


def _locked_group(session: Session, group_id: int | None) -> Group:
    found = session.get(Group, group_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(GROUP, str(group_id))
    return found


def _last(session: Session, subject: Opinion | Group) -> Decision | None:
    """The decision that holds; that of its group counts for an opinion where it is the newer."""
    if isinstance(subject, Group):
        found = _decisions(session, None, subject.id)
    else:
        found = _decisions(session, subject.id, subject.group_id)
    return found[-1] if found else None


def _decisions(session: Session, opinion_id: int | None, group_id: int | None) -> list[Decision]:
    of: list[ColumnElement[bool]] = []
    if opinion_id is not None:
        of.append(Decision.opinion_id == opinion_id)
    if group_id is not None:
        of.append(Decision.group_id == group_id)
    return list(session.scalars(select(Decision).where(or_(*of)).order_by(Decision.id)))


def _problems(
    verdict: str, reason: str, body: str, layer: str | None, version: str | None
) -> list[Problem]:
    found: list[tuple[bool, Problem]] = [
        (verdict not in VERDICTS, NO_VERDICT.at(field="verdict", allowed=listing(VERDICTS))),
        (not reason, NO_REASON.at(field="reason")),
        (not body, NO_BODY.at(field="body")),
        ((layer is None) != (version is None), HALF_A_CHANGE.at(field="change")),
    ]
    return [problem for wrong, problem in found if wrong]


def _log(session: Session, subject: Opinion | Group, made: Decision) -> None:
    """The digests are salted with what belongs to the subject alone."""
    told: dict[str, object]
    if isinstance(subject, Opinion):
        told, salt = {"receipt": subject.receipt}, subject.key
    else:
        told, salt = {"group": subject.id}, rows.group_salt(subject.id)
    journal.append(
        session,
        "opinion-decided",
        actor=made.by,
        subject=made.notice_id,
        verdict=made.verdict,
        **told,
        row=rows.detail(made, salt),
    )
