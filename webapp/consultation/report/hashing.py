"""The hash of what a report is made of: the same data give the same hash, whatever the format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from webapp.consultation.report.gathering import Gathered

#: Raised when other things go into the hash.
FORM = 1
#: Of a notice: what is told of it, and neither how often it was edited nor whether it is answered.
_NOTICE = (
    "id",
    "title_zh",
    "title_en",
    "procedure",
    "organiser",
    "decider",
    "address",
    "compared",
    "projects",
    "topics",
    "review_number",
    "map_override",
    "published_at",
    "opens_at",
    "closes_at",
    "withdrawn_at",
    "withdrawn_reason",
)
_EXTENSION = ("number", "kind", "since", "until", "closed_at", "closes_at", "reason", "at")
_DOCUMENT = ("number", "title", "sha256")
_HEARING = ("number", "title", "place", "starts_at", "ends_at", "cancelled_at")
_GROUP = ("id", "title")
_OPINION = (
    "number",
    "receipt",
    "channel",
    "received_at",
    "entered_at",
    "words",
    "stance",
    "topics",
    "project",
    "group_id",
)
_MODERATION = ("number", "verdict", "code", "masks", "at")
_DECISION = (
    "id",
    "opinion_id",
    "group_id",
    "verdict",
    "reason",
    "body",
    "projects",
    "layer",
    "version",
    "at",
)


def inputs_hash(found: Gathered) -> str:
    """SHA-256 in hexadecimal of everything that a report tells."""
    said = {
        "form": FORM,
        "notice": _values(found.notice, _NOTICE),
        "extensions": _all(found.extensions, _EXTENSION),
        "documents": _all(found.documents, _DOCUMENT),
        "hearings": _all(found.hearings, _HEARING),
        "groups": _all(found.groups, _GROUP),
        "opinions": [_opinion(one) for one in found.voices],
        "decisions": _all(found.decisions, _DECISION),
        "changes": [[one.layer, one.before, one.version] for one in found.changes],
    }
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _opinion(voice: Any) -> dict[str, Any]:
    files = [one.sha256 for one in voice.attachments]
    moderation = voice.moderation and _values(voice.moderation, _MODERATION)
    return {**_values(voice.opinion, _OPINION), "files": files, "moderation": moderation}


def _all(rows: Iterable[Any], names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [_values(row, names) for row in rows]


def _values(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    """A moment in one way, whatever zone a database gives it in."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
