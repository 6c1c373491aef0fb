"""Rows that the staff adds, as the log tells them: table, key and a digest of each field."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect

from webapp.consultation.fields import digests
from webapp.database import Table


def detail(row: Table, salt: str) -> dict[str, Any]:
    """What the log keeps of a row, to hold it against later: ``{"table", "key", "fields"}``."""
    columns = inspect(type(row)).columns
    return {
        "table": row.__tablename__,
        "key": [getattr(row, one.key) for one in columns if one.primary_key],
        "fields": digests(salt, values(row)),
    }


def values(row: Table) -> dict[str, Any]:
    """The fields of a row beside its key."""
    columns = inspect(type(row)).columns
    return {one.key: getattr(row, one.key) for one in columns if not one.primary_key}


def group_salt(group_id: int) -> str:
    """What the rows of a group are salted with, since it has no key of an author."""
    return f"opinion_group:{group_id}"
