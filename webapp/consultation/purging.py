"""Contact data is deleted on its date, and exported to those who may, each time with an entry."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from geo.types import Text
from layers.export.neutral import neutral
from webapp import journal
from webapp.consultation import contacts
from webapp.consultation.contacts import FIELDS
from webapp.consultation.reading import notice_of
from webapp.consultation.tables import Contact, Mail, Notice, Opinion

#: Who acts in the log where the program does.
SYSTEM = "system"
_NUMBER = Text(zh="编号", en="No.")
_RECEIPT = Text(zh="回执", en="Receipt")
_ROWS = Text(zh="# 行数", en="# rows")


def purge(session: Session, now: datetime, days: int, by: str = SYSTEM) -> dict[str, int]:
    """Delete the contact data of notices that ended so many days ago; how many, by notice.

    A notice ends when it is answered or withdrawn. Nothing of the chain changes: the log has never
    heard of contact data.
    """
    ended = func.coalesce(Notice.withdrawn_at, Notice.answered_at)
    due = select(Notice.id).where(ended <= now - timedelta(days=days)).order_by(Notice.id)
    found = {one: _purge(session, one, now) for one in session.scalars(due).all()}
    purged = {notice_id: count for notice_id, count in found.items() if count}
    for notice_id, count in purged.items():
        journal.append(session, "contact-purged", actor=by, subject=notice_id, count=count)
    return purged


def _purge(session: Session, notice_id: str, now: datetime) -> int:
    own = select(Opinion.id).where(Opinion.notice_id == notice_id)
    wanted = select(Contact).where(Contact.sealed.is_not(None), Contact.opinion_id.in_(own))
    found = session.scalars(wanted.with_for_update()).all()
    for contact in found:
        contact.sealed, contact.purged_at = None, now
    if found:
        waiting = update(Mail).where(Mail.opinion_id.in_(own), Mail.sent_at.is_(None))
        session.execute(waiting.values(next_at=None))
    return len(found)


def contact_csv(session: Session, notice_id: str, key: str, lang: str, *, by: str) -> bytes:
    """The contact data of a notice as CSV; who took it is in the log in the same transaction.

    Raises
    ------
    NotFound
        There is no such notice.
    InputError
        The key is not the one that sealed it.
    """
    notice_of(session, notice_id)
    rows = list(_opened(session, notice_id, key))
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(
        [_NUMBER.in_(lang), _RECEIPT.in_(lang), *(t.in_(lang) for t in FIELDS.values())]
    )
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    writer.writerow([_ROWS.in_(lang), str(len(rows))])
    journal.append(session, "contact-exported", actor=by, subject=notice_id, count=len(rows))
    return target.getvalue().encode("utf-8-sig")


def _opened(session: Session, notice_id: str, key: str) -> Iterator[list[str]]:
    wanted = (
        select(Opinion.number, Opinion.receipt, Contact.sealed)
        .join(Contact, Contact.opinion_id == Opinion.id)
        .where(Opinion.notice_id == notice_id, Contact.sealed.is_not(None))
    )
    for number, receipt, sealed in session.execute(wanted.order_by(Opinion.number)):
        details = contacts.open_sealed(key, sealed or b"")
        yield [str(number), receipt, *(details.get(name, "") for name in FIELDS)]
