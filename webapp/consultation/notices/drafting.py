"""A notice while it is in preparation: begun, and edited by several people who see each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.errors import HuituError, InputError, ProblemKind
from geo.types import Text
from webapp import journal
from webapp.accounts import Person
from webapp.consultation.clock import Clock, day_of
from webapp.consultation.notices.content import Content
from webapp.consultation.notices.refusals import locked
from webapp.consultation.tables import Notice

MEANWHILE = ProblemKind(
    "notice-conflict",
    "error",
    Text(
        zh="您编辑期间另有人保存了这份公示，您的内容没有保存，仍在表单里",
        en="Somebody else saved this notice while you were editing it; yours is not saved, "
        "and still in the form",
    ),
    Text(
        zh="对照下面列出的不同之处改好，再保存一次",
        en="Compare what differs below, and save again",
    ),
)


class Conflict(HuituError):  # noqa: N818 - the name says it
    """Another person saved the notice meanwhile; ``theirs`` is what it says now."""

    def __init__(self, theirs: Content, revision: int) -> None:
        super().__init__(MEANWHILE.at())
        self.theirs = theirs
        self.revision = revision


def listed(session: Session) -> list[Notice]:
    """All notices, the newest first."""
    return list(session.scalars(select(Notice).order_by(Notice.begun_at.desc(), Notice.id.desc())))


def begin(session: Session, content: Content, *, by: Person, clock: Clock) -> Notice:
    """Begin a notice under the next number of the year.

    Raises
    ------
    InputError
        With everything that is wrong with the content.
    """
    _refuse(content)
    made = _numbered(session, content, by, clock)
    said = _said(content.values(), {})
    journal.append(session, "notice-begin", actor=by.name, subject=made.id, changed=said)
    _log_override(session, made, "", by)
    return made


def edit(
    session: Session, notice_id: str, content: Content, revision: int, *, by: Person, clock: Clock
) -> Notice:
    """Let a notice in preparation say something else; the log keeps what each edit wrote.

    Parameters
    ----------
    revision
        The one that the person saw.

    Raises
    ------
    Conflict
        Another one was saved meanwhile; nothing is changed.
    InputError
        It was announced already, or the content is wrong.
    """
    notice = locked(session, notice_id, "edit", clock)
    before = Content.of(notice)
    if notice.revision != revision and content != before:
        raise Conflict(before, notice.revision)
    _refuse(content)
    said = _said(content.values(), before.values())
    if not said:
        return notice
    for name, value in content.values().items():
        setattr(notice, name, value)
    notice.revision += 1
    journal.append(
        session,
        "notice-edit",
        actor=by.name,
        subject=notice.id,
        revision=notice.revision,
        changed=said,
    )
    _log_override(session, notice, before.map_override, by)
    return notice


def _refuse(content: Content) -> None:
    problems = content.problems()
    if problems:
        raise InputError(problems)


def _said(values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What an edit wrote; the first one all that is not empty."""
    return {
        name: value
        for name, value in values.items()
        if value != before.get(name) and (value or name in before)
    }


def _numbered(session: Session, content: Content, by: Person, clock: Clock) -> Notice:
    """The new row; whoever begins one at the same moment takes the next number."""
    moment = clock.now()
    year = day_of(moment).year
    ids = session.scalars(select(Notice.id).where(Notice.id.startswith(f"{year}-")))
    number = max((int(one.partition("-")[2]) for one in ids), default=0) + 1
    while True:
        made = Notice(
            id=f"{year}-{number:03d}",
            revision=1,
            begun_by=by.name,
            begun_at=moment,
            withdrawn_reason="",
            **content.values(),
        )
        try:
            with session.begin_nested():
                session.add(made)
        except IntegrityError:
            number += 1
        else:
            return made


def _log_override(session: Session, notice: Notice, before: str, by: Person) -> None:
    """Showing a map without its number is an entry of its own, with the reason and the name."""
    if notice.map_override and notice.map_override != before:
        journal.append(
            session,
            "notice-map-override",
            actor=by.name,
            subject=notice.id,
            reason=notice.map_override,
        )
