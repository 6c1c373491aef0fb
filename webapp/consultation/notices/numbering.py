"""Numbers of what belongs to a notice, from 1; the notice's row is locked meanwhile."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.consultation.tables import Document, Extension, Hearing


def next_number(
    session: Session, table: type[Document | Extension | Hearing], notice_id: str
) -> int:
    """The number after the last one."""
    last = session.scalar(select(func.max(table.number)).where(table.notice_id == notice_id))
    return (last or 0) + 1
