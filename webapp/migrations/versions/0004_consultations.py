"""Notices, opinions, and what was decided on them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "notice",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("title_zh", sa.Text, nullable=False),
        sa.Column("title_en", sa.Text, nullable=False),
        sa.Column("plain_zh", sa.Text, nullable=False),
        sa.Column("plain_en", sa.Text, nullable=False),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("organiser", sa.Text, nullable=False),
        sa.Column("decider", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("compared", sa.Text, nullable=False),
        sa.Column("draft", sa.Text),
        sa.Column("draft_edit", sa.Integer),
        sa.Column("projects", sa.Text, nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("review_number", sa.Text, nullable=False),
        sa.Column("map_override", sa.Text, nullable=False),
        sa.Column("begun_by", sa.Text, nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("published_by", sa.Text),
        sa.Column("published_at", _MOMENT),
        sa.Column("opens_at", _MOMENT),
        sa.Column("closes_at", _MOMENT),
        sa.Column("answered_at", _MOMENT),
        sa.Column("withdrawn_at", _MOMENT),
        sa.Column("withdrawn_reason", sa.Text, nullable=False),
    )
    op.create_table(
        "notice_document",
        sa.Column("notice_id", sa.Text, sa.ForeignKey("notice.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("removed_at", _MOMENT),
    )
    op.create_table(
        "notice_hearing",
        sa.Column("notice_id", sa.Text, sa.ForeignKey("notice.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("cancelled_at", _MOMENT),
        sa.Column("cancelled_reason", sa.Text, nullable=False),
    )
    op.create_table(
        "notice_extension",
        sa.Column("notice_id", sa.Text, sa.ForeignKey("notice.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("since", _MOMENT),
        sa.Column("until", _MOMENT),
        sa.Column("closed_at", _MOMENT, nullable=False),
        sa.Column("closes_at", _MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "notice_finalisation",
        sa.Column("notice_id", sa.Text, sa.ForeignKey("notice.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "opinion_group",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("notice_id", sa.Text, sa.ForeignKey("notice.id"), nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("notice_id", sa.Text, sa.ForeignKey("notice.id"), nullable=False, index=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("entered_at", _MOMENT, nullable=False),
        sa.Column("entered_by", sa.Text),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("stance", sa.Text),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("project", sa.Text, index=True),
        sa.Column("group_id", sa.Integer, sa.ForeignKey("opinion_group.id"), index=True),
        sa.UniqueConstraint("notice_id", "number", name="uq_opinion_number"),
        sa.UniqueConstraint("receipt", name="uq_opinion_receipt"),
        sa.UniqueConstraint("key", name="uq_opinion_key"),
    )
    op.create_table(
        "opinion_attachment",
        sa.Column("opinion_id", sa.Integer, sa.ForeignKey("opinion.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("is_scan", sa.Boolean, nullable=False),
    )
    op.create_table(
        "opinion_contact",
        sa.Column("opinion_id", sa.Integer, sa.ForeignKey("opinion.id"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("purged_at", _MOMENT),
    )
    op.create_table(
        "opinion_moderation",
        sa.Column("opinion_id", sa.Integer, sa.ForeignKey("opinion.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("masks", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "opinion_decision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("notice_id", sa.Text, sa.ForeignKey("notice.id"), nullable=False, index=True),
        sa.Column("opinion_id", sa.Integer, sa.ForeignKey("opinion.id"), index=True),
        sa.Column("group_id", sa.Integer, sa.ForeignKey("opinion_group.id"), index=True),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("projects", sa.Text, nullable=False),
        sa.Column("layer", sa.Text),
        sa.Column("version", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "opinion_mail",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "opinion_id", sa.Integer, sa.ForeignKey("opinion.id"), nullable=False, index=True
        ),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Integer, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", _MOMENT, index=True),
        sa.Column("sent_at", _MOMENT),
        sa.UniqueConstraint("opinion_id", "kind", "subject_id", name="uq_opinion_mail_once"),
    )
