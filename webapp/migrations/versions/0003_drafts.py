"""Drafts of layers and their edits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "draft",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("layer", sa.Text, nullable=False, index=True),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("begun_by", sa.Text, nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("ended_by", sa.Text),
        sa.Column("ended_at", _MOMENT),
        sa.Column("version", sa.Text),
    )
    op.create_table(
        "draft_edit",
        sa.Column("draft_id", sa.Text, sa.ForeignKey("draft.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("feature", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("of", sa.Integer),
        sa.Column("holds", sa.Text, nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.UniqueConstraint("draft_id", "feature", "revision", name="uq_draft_edit_revision"),
    )
