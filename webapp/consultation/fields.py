"""What the log keeps of a row: a digest of each field, so that a changed one can be named later.

A digest is salted: from the log alone nobody can find out what was written by trying words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from webapp.consultation.tables import Attachment, Opinion

#: What an opinion says and where it came from. The group is not of it: grouping is an act of the
#: staff, with an entry of its own.
_OF_OPINION = (
    "notice_id",
    "number",
    "receipt",
    "channel",
    "received_at",
    "entered_at",
    "entered_by",
    "words",
    "stance",
    "topics",
    "project",
)
_OF_ATTACHMENT = ("number", "media_type", "size", "sha256", "is_scan")


def digests(salt: str, values: Mapping[str, object]) -> dict[str, str]:
    """SHA-256 of each value, salted, by the name of its field.

    Parameters
    ----------
    salt
        Known to the database alone: the key of the opinion that a row belongs to.
    values
        Plain values, moments and bytes; a moment is the same in every time zone.
    """
    return {name: _digest(salt, name, value) for name, value in values.items()}


def receipt_fields(opinion: Opinion, attachments: Iterable[Attachment] = ()) -> dict[str, Any]:
    """What the log keeps of an opinion that came in; none of its words."""
    values: dict[str, object] = {name: getattr(opinion, name) for name in _OF_OPINION}
    values["attachments"] = [
        [getattr(one, name) for name in _OF_ATTACHMENT]
        for one in sorted(attachments, key=lambda one: one.number)
    ]
    return {
        "receipt": opinion.receipt,
        "number": opinion.number,
        "channel": opinion.channel,
        "received_at": _plain(opinion.received_at),
        "fields": digests(opinion.key, values),
    }


def _digest(salt: str, name: str, value: object) -> str:
    said = orjson.dumps([salt, name, value], default=_plain, option=_AS_WRITTEN)
    return hashlib.sha256(said).hexdigest()


_AS_WRITTEN = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)
