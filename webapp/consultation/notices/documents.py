"""The documents of a notice; their bytes are in the file store under their hash."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import InputError, NotFound, ProblemKind
from geo.types import Text
from webapp import journal
from webapp.accounts import Person
from webapp.consultation.clock import Clock
from webapp.consultation.notices.numbering import next_number
from webapp.consultation.notices.refusals import locked
from webapp.consultation.tables import Document

DOCUMENT = Text(zh="公示文件", en="document")
MOST_DOCUMENTS = 20

TOO_MANY = ProblemKind(
    "notice-documents",
    "error",
    Text(zh="已有 {most} 份文件", en="There are {most} documents already"),
    Text(zh="合并成较少的文件", en="Put them together into fewer"),
)
TWICE = ProblemKind(
    "notice-document-twice",
    "error",
    Text(
        zh="这份文件已经有了，名为“{title}”",
        en="This file is there already, as “{title}”",
    ),
    Text(zh="核对选择的文件", en="Check which file you chose"),
)


def documents(session: Session, notice_id: str) -> list[Document]:
    """The documents of a notice in their order; those that were removed are left out."""
    wanted = select(Document).where(Document.notice_id == notice_id, Document.removed_at.is_(None))
    return list(session.scalars(wanted.order_by(Document.number)))


def add_document(
    session: Session,
    notice_id: str,
    *,
    title: str,
    name: str,
    media_type: str,
    size: int,
    sha256: str,
    by: Person,
    clock: Clock,
) -> Document:
    """Add a document whose bytes are in the file store; to an open notice too, with its date.

    Raises
    ------
    InputError
        It is there already, there are too many, or the notice has closed.
    """
    notice = locked(session, notice_id, "add-document", clock)
    found = documents(session, notice_id)
    for one in found:
        if one.sha256 == sha256:
            raise InputError(TWICE.at(field="file", title=one.title))
    if len(found) >= MOST_DOCUMENTS:
        raise InputError(TOO_MANY.at(field="file", most=MOST_DOCUMENTS))
    made = Document(
        notice_id=notice.id,
        number=next_number(session, Document, notice.id),
        title=title or name,
        name=name,
        media_type=media_type,
        size=size,
        sha256=sha256,
        by=by.name,
        at=clock.now(),
    )
    session.add(made)
    session.flush()
    _log(session, made, "added", by)
    return made


def remove_document(
    session: Session, notice_id: str, number: int, *, by: Person, clock: Clock
) -> Document:
    """Take a document off a notice in preparation; its row and its bytes stay."""
    locked(session, notice_id, "remove-document", clock)
    found = session.get(Document, (notice_id, number))
    if found is None or found.removed_at is not None:
        raise NotFound(DOCUMENT, str(number))
    found.removed_at = clock.now()
    _log(session, found, "removed", by)
    return found


def _log(session: Session, document: Document, what: str, by: Person) -> None:
    journal.append(
        session,
        "notice-document",
        actor=by.name,
        subject=document.notice_id,
        what=what,
        number=document.number,
        title=document.title,
        name=document.name,
        sha256=document.sha256,
    )
