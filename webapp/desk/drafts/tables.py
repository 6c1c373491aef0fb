"""Drafts and their edits in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Moment, Table


class Draft(Table):
    """A layer that is being edited.

    Attributes
    ----------
    base
        The version that the edits start from.
    state
        ``open``, ``published`` or ``discarded``.
    last
        Number of the last edit; a writer locks this row, so that edits follow one by one.
    version
        What it was published as.
    """

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    layer: Mapped[str] = mapped_column(Text, index=True)
    base: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    begun_by: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(Text, index=True)
    last: Mapped[int] = mapped_column(default=0)
    ended_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[str | None] = mapped_column(Text)


class Edit(Table):
    """One change of one feature; never changed, never deleted.

    Attributes
    ----------
    number
        From 1 within the draft.
    feature
        The feature's id in the base version; of a new one a name that begins with ``~``.
    revision
        From 1 within the feature; None for a note, which changes nothing.
    kind
        ``edit``, ``undo``, ``redo`` or ``note``.
    of
        The number of the edit that is undone or redone.
    holds
        ``content``, ``removed``, or ``base``: as the base version has it.
    content
        Properties and geometry as JSON where it holds them.
    """

    __tablename__ = "draft_edit"
    __table_args__ = (
        UniqueConstraint("draft_id", "feature", "revision", name="uq_draft_edit_revision"),
    )

    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    feature: Mapped[str] = mapped_column(Text)
    revision: Mapped[int | None]
    kind: Mapped[str] = mapped_column(Text)
    of: Mapped[int | None]
    holds: Mapped[str] = mapped_column(Text)
    content: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)

    @property
    def feature_content(self) -> dict[str, Any] | None:
        """Properties and geometry; None for a removal and for what is as in the base version."""
        found: dict[str, Any] | None = None if self.content is None else orjson.loads(self.content)
        return found

    def to_dict(self) -> dict[str, Any]:
        """The edit as JSON."""
        return {
            "number": self.number,
            "feature": self.feature,
            "revision": self.revision,
            "kind": self.kind,
            "holds": self.holds,
            "content": self.feature_content,
            "by": self.by,
            "at": self.at.isoformat(timespec="seconds"),
        }
