"""Notices, opinions and what was decided, in the database.

What a resident sent is never changed; what the staff does with it is one more row each time, and
the last one holds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Json, Moment, Table


class Notice(Table):
    """A draft of the plan that is announced (公示).

    Attributes
    ----------
    id
        ``YYYY-NNN``: the year and the number within it; stands in addresses and receipts.
    title_zh, title_en, plain_zh, plain_en
        The title, and in plain words (Markdown) what is planned.
    procedure
        An id of :data:`webapp.consultation.procedures.PROCEDURES`.
    organiser, decider
        Who announces, and who decides on the plan.
    address, contact
        Where an opinion on paper goes; a telephone number or an e-mail address for questions.
    compared
        ``[{"layer", "before", "after"}]``: versions of layers; ``before`` None: no older one.
    draft
        A draft of a layer that is shown as what would be, where nothing is published yet.
    draft_edit
        Number of the draft's last edit when the notice was published: what is announced is the
        draft up to it, so that editing goes on without changing what people give opinions on.
    projects
        Ids of the affected projects.
    topics
        What an opinion may be about: ``[{"id", "zh", "en"}]``.
    review_number, map_override
        The 审图号 of its map, or the reason for which the map is shown without one.
    revision
        Counts edits, so that the second of two editors is told.
    """

    __tablename__ = "notice"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    revision: Mapped[int] = mapped_column(default=1)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text, default="")
    plain_zh: Mapped[str] = mapped_column(Text, default="")
    plain_en: Mapped[str] = mapped_column(Text, default="")
    procedure: Mapped[str] = mapped_column(Text)
    organiser: Mapped[str] = mapped_column(Text, default="")
    decider: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(Text, default="")
    compared: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    draft: Mapped[str | None] = mapped_column(Text)
    draft_edit: Mapped[int | None]
    projects: Mapped[list[str]] = mapped_column(Json, default=list)
    topics: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    review_number: Mapped[str] = mapped_column(Text, default="")
    map_override: Mapped[str] = mapped_column(Text, default="")
    begun_by: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    published_by: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")


class Document(Table):
    """A file to download beside a notice; ``sha256`` names its bytes in the file store."""

    __tablename__ = "notice_document"

    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class Hearing(Table):
    """A hearing or meeting (听证会、座谈会) of a notice."""

    __tablename__ = "notice_hearing"

    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_reason: Mapped[str] = mapped_column(Text, default="")


class Extension(Table):
    """A later close of an open notice: it was lengthened, or the service was down for a while.

    Attributes
    ----------
    kind
        ``lengthen`` or ``downtime``.
    since, until
        When the service was down.
    """

    __tablename__ = "notice_extension"

    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime | None] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class Group(Table):
    """Opinions that say the same and are decided together; each keeps its receipt."""

    __tablename__ = "opinion_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), index=True)
    title: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class Opinion(Table):
    """What somebody sent, as it was sent.

    Attributes
    ----------
    number
        From 1 within the notice, without a gap.
    key
        Made with the form: a form that is sent twice is one opinion.
    channel
        ``web``, ``paper``, ``meeting`` or ``phone``.
    received_at, entered_at
        When it reached the zone, and when it was written here; alike for ``web``.
    entered_by
        Who of the staff entered it; None for ``web``.
    words
        At most 2,000 characters, just as sent.
    stance
        ``support``, ``oppose``, ``neutral`` or None.
    project
        Id of the project that it is about; None for the whole plan.
    """

    __tablename__ = "opinion"
    __table_args__ = (UniqueConstraint("notice_id", "number", name="uq_opinion_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), index=True)
    number: Mapped[int]
    receipt: Mapped[str] = mapped_column(Text, unique=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    channel: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment)
    entered_at: Mapped[datetime] = mapped_column(Moment)
    entered_by: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    stance: Mapped[str | None] = mapped_column(Text)
    topics: Mapped[list[str]] = mapped_column(Json, default=list)
    project: Mapped[str | None] = mapped_column(Text, index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("opinion_group.id"), index=True)


class Attachment(Table):
    """A photo or PDF of an opinion, or the scan of one on paper (``is_scan``: never public)."""

    __tablename__ = "opinion_attachment"

    opinion_id: Mapped[int] = mapped_column(ForeignKey("opinion.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Text)
    is_scan: Mapped[bool] = mapped_column(default=False)


class Contact(Table):
    """How to reach an author, sealed with the key of the settings; None once it was purged."""

    __tablename__ = "opinion_contact"

    opinion_id: Mapped[int] = mapped_column(ForeignKey("opinion.id"), primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    purged_at: Mapped[datetime | None] = mapped_column(Moment)


class Moderation(Table):
    """Whether an opinion is shown: the last row holds.

    Attributes
    ----------
    verdict
        ``show`` or ``withhold``.
    code
        Why it is withheld, an id of the registry of reasons; empty when shown.
    masks
        ``[[start, end]]`` in characters of ``words``: personal data of others, shown as ■.
    """

    __tablename__ = "opinion_moderation"

    opinion_id: Mapped[int] = mapped_column(ForeignKey("opinion.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text, default="")
    masks: Mapped[list[list[int]]] = mapped_column(Json, default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class Decision(Table):
    """What became of an opinion or of a group: the last row of each holds.

    Attributes
    ----------
    opinion_id, group_id
        One of them; a member of a group has the group's decision unless it has one of its own
        that is newer.
    verdict
        ``adopted``, ``partly``, ``rejected``, ``out-of-scope`` or ``transferred``.
    body
        The responsible body.
    projects
        Ids of the projects that it concerns.
    layer, version
        The change of the plan that it led to: a version of a layer, against the one before it.
    """

    __tablename__ = "opinion_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), index=True)
    opinion_id: Mapped[int | None] = mapped_column(ForeignKey("opinion.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("opinion_group.id"), index=True)
    verdict: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    projects: Mapped[list[str]] = mapped_column(Json, default=list)
    layer: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class Finalisation(Table):
    """A report (意见采纳情况报告) that was finalised; ``inputs`` is the hash of what it tells."""

    __tablename__ = "notice_finalisation"

    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    inputs: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class Mail(Table):
    """A letter that is to be sent or was; its address is looked up in the contact when it goes.

    Attributes
    ----------
    kind
        ``receipt``, ``closing`` or ``decision``.
    subject_id
        What it tells of, so that it is sent once: a decision's id for ``decision``, else 0.
    """

    __tablename__ = "opinion_mail"
    __table_args__ = (
        UniqueConstraint("opinion_id", "kind", "subject_id", name="uq_opinion_mail_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    opinion_id: Mapped[int] = mapped_column(ForeignKey("opinion.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
