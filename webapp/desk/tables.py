"""Imports in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

import orjson
from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from layers.ingest import Answers
from layers.mapping import FieldMapping
from webapp.database import Moment, Table

#: ``received``: not looked at yet; ``refused``: it cannot be read; ``answering``: a person is
#: asked; ``ready``: nothing holds it; ``published`` and ``discarded`` are ends.
State = Literal["received", "refused", "answering", "ready", "published", "discarded"]
STATES: tuple[State, ...] = get_args(State)
#: States in which nothing more happens.
ENDED: frozenset[State] = frozenset({"refused", "published", "discarded"})


class Import(Table):
    """A file that somebody brought in, and what they answered to it.

    Attributes
    ----------
    id
        128 bits in hexadecimal.
    file, size_bytes, sha256
        The original: its name as it was sent, and its bytes as they came.
    answers
        :attr:`layers.ingest.Answers.options` as JSON.
    source
        Which files are of one source: a hash of type and fields. Empty until it was looked at.
    version
        What was published of it.
    """

    __tablename__ = "import"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    layer: Mapped[str] = mapped_column(Text, index=True)
    by: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(Text, index=True)
    file: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    answers: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return self.state in ENDED

    @property
    def told(self) -> Answers:
        """What a person has answered so far."""
        return Answers.from_options(orjson.loads(self.answers))

    @property
    def options(self) -> dict[str, Any]:
        """The answers as JSON."""
        return dict(self.told.options)


class KnownMapping(Table):
    """The mapping that was last decided for files of one source."""

    __tablename__ = "import_mapping"

    layer: Mapped[str] = mapped_column(Text, primary_key=True)
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    mapping: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)

    @property
    def fields(self) -> FieldMapping:
        """The mapping itself."""
        return FieldMapping.from_dict(orjson.loads(self.mapping))
