"""Beginning a draft, saving features of it, undoing, giving it up."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.errors import HuituError, InputError, NotFound, ProblemKind
from geo.types import Text
from webapp import journal
from webapp.accounts import Person
from webapp.database import now
from webapp.desk.drafts.content import Content
from webapp.desk.drafts.tables import Draft, Edit

NOUN = Text(zh="草稿", en="draft")
FEATURE = Text(zh="要素", en="feature")

ENDED = ProblemKind(
    "draft-ended",
    "error",
    Text(
        zh="草稿“{title}”已经发布或放弃，不能再改",
        en="The draft “{title}” was published or discarded and can no longer be changed",
    ),
    Text(zh="需要继续时开始新草稿", en="Begin a new draft to go on"),
)
MEANWHILE = ProblemKind(
    "draft-conflict",
    "error",
    Text(
        zh="{by} 在您编辑期间保存了要素 {id}",
        en="{by} saved the feature {id} while you were editing it",
    ),
    Text(
        zh="选择保留哪一份；两份都在编辑记录里，不会丢失",
        en="Choose which one to keep; both stay in the list of edits",
    ),
)
NOTHING_TO_UNDO = ProblemKind(
    "draft-nothing-to-undo",
    "error",
    Text(zh="没有可以撤销或重做的编辑", en="There is nothing to undo or redo"),
    Text(zh="撤销只针对自己的编辑", en="Only one's own edits are undone"),
)


class Conflict(HuituError):  # noqa: N818 - the name says it
    """Another person saved the feature meanwhile; ``theirs`` is that edit."""

    def __init__(self, theirs: Edit) -> None:
        super().__init__(MEANWHILE.at(feature=theirs.feature, id=theirs.feature, by=theirs.by))
        self.theirs = theirs


def begin(session: Session, layer: str, base: str, title: str, *, by: Person) -> Draft:
    """Begin a draft of a layer on one of its versions."""
    made = Draft(
        id=secrets.token_hex(8),
        layer=layer,
        base=base,
        title=title,
        begun_by=by.name,
        begun_at=now(),
        state="open",
        last=0,
    )
    session.add(made)
    journal.append(
        session, "draft-begin", actor=by.name, subject=layer, draft=made.id, base=base, title=title
    )
    return made


def drafts(session: Session) -> list[Draft]:
    """All drafts, the newest first."""
    return list(session.scalars(select(Draft).order_by(Draft.begun_at.desc(), Draft.id)))


def named(session: Session, draft_id: str) -> Draft:
    """One draft; :class:`NotFound` when there is none."""
    found = session.get(Draft, draft_id)
    if found is None:
        raise NotFound(NOUN, draft_id)
    return found


def locked(session: Session, draft_id: str) -> Draft:
    """An open draft that nobody else changes until the transaction ends.

    Raises
    ------
    NotFound
        There is no such draft.
    InputError
        It has ended.
    """
    found = session.get(Draft, draft_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(NOUN, draft_id)
    if found.state != "open":
        raise InputError(ENDED.at(title=found.title))
    return found


def edits(session: Session, draft_id: str, after: int = 0) -> list[Edit]:
    """The edits of a draft in their order, beyond a number."""
    wanted = select(Edit).where(Edit.draft_id == draft_id, Edit.number > after)
    return list(session.scalars(wanted.order_by(Edit.number)))


def latest(found: Iterable[Edit]) -> dict[str, Edit]:
    """What holds for each feature that was ever edited, in the order of their first edits."""
    last: dict[str, Edit] = {}
    for edit in found:
        if edit.kind != "note":
            last[edit.feature] = edit
    return last


def notes(found: Iterable[Edit]) -> list[Edit]:
    """What was kept beside another person's state of the feature."""
    return [edit for edit in found if edit.kind == "note"]


def save(
    session: Session,
    draft_id: str,
    feature: str,
    content: Content | None,
    *,
    based_on: int,
    by: Person,
) -> Edit:
    """Save what a feature shall be; None removes it.

    Parameters
    ----------
    based_on
        Revision of the feature that the person saw, 0 for the base version's.

    Raises
    ------
    Conflict
        Another revision was saved meanwhile; nothing is changed.
    """
    draft = locked(session, draft_id)
    last = _last_of(session, draft_id, feature)
    if last is not None and last.revision != based_on:
        raise _conflict(session, last)
    if content is None:
        return _append(session, draft, feature, "removed", None, by=by)
    return _append(session, draft, feature, "content", content.written, by=by)


def note(session: Session, draft_id: str, feature: str, content: Content, *, by: Person) -> Edit:
    """Keep a state beside the one that holds; the feature stays as it is."""
    draft = locked(session, draft_id)
    return _append(session, draft, feature, "content", content.written, by=by, kind="note")


def undo(session: Session, draft_id: str, *, by: Person) -> Edit:
    """Take one's last edit back, by one more edit.

    Raises
    ------
    InputError
        There is nothing of one's own to undo.
    Conflict
        Somebody else edited the feature since.
    """
    draft = locked(session, draft_id)
    found = edits(session, draft_id)
    target = _top(_stacks(found, by)[0])
    _refuse_foreign(session, found, target, by)
    before = [one for one in found if one.feature == target.feature and one.revision is not None]
    earlier = [one for one in before if one.number < target.number]
    holds, content = (earlier[-1].holds, earlier[-1].content) if earlier else ("base", None)
    return _append(
        session, draft, target.feature, holds, content, by=by, kind="undo", of=target.number
    )


def redo(session: Session, draft_id: str, *, by: Person) -> Edit:
    """Do again what one has undone last; raises as :func:`undo`."""
    draft = locked(session, draft_id)
    found = edits(session, draft_id)
    target = _top(_stacks(found, by)[1])
    _refuse_foreign(session, found, target, by)
    return _append(
        session,
        draft,
        target.feature,
        target.holds,
        target.content,
        by=by,
        kind="redo",
        of=target.number,
    )


def discard(session: Session, draft_id: str, *, by: Person) -> Draft:
    """Give a draft up; its edits stay readable."""
    draft = locked(session, draft_id)
    end(draft, "discarded", by)
    journal.append(session, "draft-discard", actor=by.name, subject=draft.layer, draft=draft.id)
    return draft


def end(draft: Draft, state: str, by: Person, version: str | None = None) -> None:
    """Let a draft be over."""
    draft.state, draft.version = state, version
    draft.ended_by, draft.ended_at = by.name, now()


def as_base(session: Session, draft: Draft, feature: str, *, by: Person) -> Edit:
    """Let a feature be as the base version has it."""
    return _append(session, draft, feature, "base", None, by=by)


def _append(
    session: Session,
    draft: Draft,
    feature: str,
    holds: str,
    content: str | None,
    *,
    by: Person,
    kind: str = "edit",
    of: int | None = None,
) -> Edit:
    draft.last += 1
    last = _last_of(session, draft.id, feature)
    made = Edit(
        draft_id=draft.id,
        number=draft.last,
        feature=feature,
        revision=None if kind == "note" else (last.revision or 0 if last else 0) + 1,
        kind=kind,
        of=of,
        holds=holds,
        content=content,
        by=by.name,
        at=now(),
    )
    session.add(made)
    session.flush()
    return made


def _last_of(session: Session, draft_id: str, feature: str) -> Edit | None:
    newest = select(func.max(Edit.number)).where(
        Edit.draft_id == draft_id, Edit.feature == feature, Edit.revision.is_not(None)
    )
    number = session.scalar(newest)
    return None if number is None else session.get(Edit, (draft_id, number))


def _stacks(found: Iterable[Edit], by: Person) -> tuple[list[Edit], list[Edit]]:
    """One's edits that can be undone and those that can be redone, the next one last."""
    done: list[Edit] = []
    undone: list[Edit] = []
    for edit in found:
        if edit.by != by.name or edit.kind == "note":
            continue
        if edit.kind == "edit":
            done.append(edit)
            undone.clear()
        elif edit.kind == "undo":
            undone.append(done.pop())
        else:
            done.append(undone.pop())
    return done, undone


def _top(stack: Sequence[Edit]) -> Edit:
    if not stack:
        raise InputError(NOTHING_TO_UNDO.at())
    return stack[-1]


def _refuse_foreign(session: Session, found: Sequence[Edit], target: Edit, by: Person) -> None:
    """An edit on which somebody else has built is not taken back behind their back."""
    last = latest(found)[target.feature]
    if last.by != by.name:
        raise _conflict(session, last)


def _conflict(session: Session, theirs: Edit) -> Conflict:
    """The edit is told after the transaction has ended, which must not take it along."""
    session.expunge(theirs)
    return Conflict(theirs)
