"""Opinions that say the same: proposed by likeness, put together by a person, taken apart again.

None is deleted: each keeps its receipt and its words; a group is decided on once for all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.errors import InputError, NotFound, ProblemKind
from geo.types import Text, listing
from webapp import journal
from webapp.accounts import Person
from webapp.consultation import rows, similar
from webapp.consultation.clock import Clock
from webapp.consultation.reading import Voice, same_text
from webapp.consultation.tables import Group, Opinion

GROUP = Text(zh="意见组", en="group of opinions")
MOST_OF_A_TITLE = 80
_FEWEST = 2

TOO_FEW = ProblemKind(
    "group-too-few",
    "error",
    Text(zh="一组至少有两条意见", en="A group has at least two opinions"),
    Text(zh="再选一条，或加入已有的组", en="Choose another, or add it to a group that is there"),
)
NOT_OF_NOTICE = ProblemKind(
    "group-foreign",
    "error",
    Text(zh="本次公示没有这些意见：{which}", en="This notice has no such opinions: {which}"),
    Text(zh="核对回执编号", en="Check the receipts"),
)
IN_ANOTHER = ProblemKind(
    "group-taken",
    "error",
    Text(zh="这些意见已在别的组里：{which}", en="These are in another group already: {which}"),
    Text(zh="先从那个组移出", en="Take them out of that group first"),
)


@dataclass(frozen=True)
class Proposal:
    """Opinions that look alike.

    Attributes
    ----------
    voices
        The oldest first; the others are likened to it.
    scores
        For each of them from 0 to 100, how much of its text is that of the oldest.
    group
        The group that the oldest is in already; the others would join it.
    """

    voices: tuple[Voice, ...]
    scores: tuple[float, ...]
    group: Group | None = None


@dataclass(frozen=True)
class Members:
    """A group and the opinions in it."""

    group: Group
    voices: tuple[Voice, ...]


def proposals(voices: Sequence[Voice]) -> list[Proposal]:
    """What could be grouped and is not, the largest first.

    Opinions in one group already count as one text, that of its oldest. One that is for something
    and one that is against it are never proposed together.
    """
    shown = _heads(voices)
    texts = [same_text(one.opinion.words) for one in shown]
    found = similar.clusters(texts, [one.opinion.stance for one in shown])
    made = [_proposal(shown, cluster) for cluster in found]
    several = [one for one in made if len(one.voices) >= _FEWEST]
    return sorted(several, key=lambda one: (-len(one.voices), one.voices[0].opinion.number))


def groups(voices: Iterable[Voice]) -> list[Members]:
    """The groups that have opinions, the oldest first."""
    members: dict[int, list[Voice]] = defaultdict(list)
    for one in voices:
        if one.group is not None:
            members[one.group.id].append(one)
    found = [Members(own[0].group, tuple(own)) for own in members.values() if own[0].group]
    return sorted(found, key=lambda one: one.group.id)


def group(
    session: Session,
    notice_id: str,
    receipts: Iterable[str],
    title: str = "",
    *,
    into: int | None = None,
    by: Person,
    clock: Clock,
) -> Group:
    """Put opinions together, or add some to a group that is there.

    Raises
    ------
    NotFound
        There is no such group in this notice.
    InputError
        They are fewer than two, not all of the notice, or some are in another group.
    """
    wanted = sorted(set(receipts))
    found = _locked(session, notice_id, wanted)
    if len(found) < (_FEWEST if into is None else 1):
        raise InputError(TOO_FEW.at(field="receipts"))
    taken = [one.receipt for one in found if one.group_id not in {None, into}]
    if taken:
        raise InputError(IN_ANOTHER.at(field="receipts", which=listing(taken)))
    made = _new(session, notice_id, title, by, clock) if into is None else named(session, into)
    if made.notice_id != notice_id:
        raise NotFound(GROUP, str(into))
    added = [one for one in found if one.group_id is None]
    for opinion in added:
        opinion.group_id = made.id
    _log(session, made, by, added=added)
    return made


def ungroup(session: Session, notice_id: str, receipts: Iterable[str], *, by: Person) -> None:
    """Take opinions out of the groups that they are in; what was decided stays readable.

    Raises
    ------
    InputError
        Not all are of the notice.
    """
    found = _locked(session, notice_id, sorted(set(receipts)))
    left: dict[int, list[Opinion]] = defaultdict(list)
    for opinion in found:
        if opinion.group_id is not None:
            left[opinion.group_id].append(opinion)
            opinion.group_id = None
    for group_id, removed in sorted(left.items()):
        _log(session, named(session, group_id), by, removed=removed)


def size(session: Session, group_id: int) -> int:
    """How many opinions are in a group."""
    counted = select(func.count()).where(Opinion.group_id == group_id)
    return session.scalar(counted) or 0


def named(session: Session, group_id: int) -> Group:
    """A group by its id; :class:`geo.errors.NotFound` where there is none."""
    found = session.get(Group, group_id)
    if found is None:
        raise NotFound(GROUP, str(group_id))
    return found


def _heads(voices: Iterable[Voice]) -> list[Voice]:
    """The oldest opinion of each group, then those in no group, each by their numbers."""
    ordered = sorted(voices, key=lambda one: one.opinion.number)
    oldest = {one.group.id: one for one in reversed(ordered) if one.group}
    return [*oldest.values(), *(one for one in ordered if one.group is None)]


def _proposal(shown: Sequence[Voice], cluster: similar.Cluster) -> Proposal:
    """A second group that is like the first is left out: groups are not put together."""
    found = [(shown[place], score) for place, score in cluster.scores.items()]
    kept = [(one, score) for one, score in found if one is found[0][0] or one.group is None]
    return Proposal(
        tuple(one for one, _score in kept),
        tuple(score for _one, score in kept),
        found[0][0].group,
    )


def _new(session: Session, notice_id: str, title: str, by: Person, clock: Clock) -> Group:
    made = Group(notice_id=notice_id, title=title, by=by.name, at=clock.now())
    session.add(made)
    session.flush()
    return made


def _locked(session: Session, notice_id: str, receipts: Sequence[str]) -> list[Opinion]:
    """Opinions in the order of their ids, so that two who group at once do not wait for ever."""
    wanted = select(Opinion).where(Opinion.notice_id == notice_id, Opinion.receipt.in_(receipts))
    wanted = wanted.order_by(Opinion.id).with_for_update()
    found = list(session.scalars(wanted.execution_options(populate_existing=True)))
    missing = sorted(set(receipts) - {one.receipt for one in found})
    if missing:
        raise InputError(NOT_OF_NOTICE.at(field="receipts", which=listing(missing)))
    return found


def _log(
    session: Session,
    made: Group,
    by: Person,
    added: Iterable[Opinion] = (),
    removed: Iterable[Opinion] = (),
) -> None:
    session.flush()
    journal.append(
        session,
        "opinion-grouped",
        actor=by.name,
        subject=made.notice_id,
        group=made.id,
        added=[one.receipt for one in added],
        removed=[one.receipt for one in removed],
        row=rows.detail(made, rows.group_salt(made.id)),
    )
