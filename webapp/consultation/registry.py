"""The register (留痕): every row of a consultation against the digests that the log keeps of it.

The chain proves that the log was not changed; this proves that the rows still say what the log
heard. A field that was changed behind the program's back is named, and so is a row that is missing
or that no entry tells of. Whoever rewrites rows, log and chain together is found by the heads that
were published (:func:`webapp.journal.contradicted`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.consultation import rows
from webapp.consultation.attachments import Files
from webapp.consultation.fields import digests, receipt_fields
from webapp.consultation.notices.content import Content
from webapp.consultation.tables import (
    Attachment,
    Decision,
    Document,
    Finalisation,
    Group,
    Moderation,
    Notice,
    Opinion,
)
from webapp.journal import Entry

How = Literal["changed", "missing", "extra"]
_TABLES: Mapping[str, Any] = {one.__tablename__: one for one in (Moderation, Decision, Group)}
_RECEIVED = ("opinion-received", "opinion-entered")
_ACTIONS = (
    *_RECEIVED,
    "opinion-moderated",
    "opinion-grouped",
    "opinion-decided",
    "notice-publish",
    "notice-take-back",
    "notice-lengthen",
    "notice-downtime",
    "notice-withdraw",
    "report-finalised",
)


@dataclass(frozen=True, order=True)
class Fault:
    """A row that is not what the log heard.

    Attributes
    ----------
    table, about
        The table, and the row for people: a receipt, a notice, a group.
    field
        The field that was changed; empty for a whole row.
    how
        ``changed``; ``missing``: the log tells of the row and it is gone; ``extra``: no entry tells
        of it.
    entry
        Number of the entry that tells of it; 0 for an extra row.
    """

    table: str
    about: str
    field: str
    how: How
    entry: int


def verify(session: Session) -> list[Fault]:
    """Hold every row against the log; what is wrong, in the order of the entries."""
    register = _Register(session)
    for entry in session.scalars(
        select(Entry).where(Entry.action.in_(_ACTIONS)).order_by(Entry.number)
    ):
        register.hear(entry)
    return [*dict.fromkeys(register.faults())]


def verify_files(session: Session, files: Files) -> list[Fault]:
    """Hold the files of opinions and notices against the hashes in their rows."""
    wanted = select(Attachment, Opinion.receipt).join(Opinion, Opinion.id == Attachment.opinion_id)
    found: list[tuple[Attachment | Document, str]] = [
        (row, receipt) for row, receipt in session.execute(wanted.order_by(Opinion.id))
    ]
    found += [(row, row.notice_id) for row in session.scalars(select(Document))]
    return [fault for row, about in found if (fault := _file_fault(row, about, files))]


def _file_fault(row: Attachment | Document, about: str, files: Files) -> Fault | None:
    try:
        with files.path(row.sha256).open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
    except FileNotFoundError:
        return Fault(row.__tablename__, about, "content", "missing", 0)
    same = digest == row.sha256
    return None if same else Fault(row.__tablename__, about, "content", "changed", 0)


class _Register:
    """What the log says in the end of each row, and the rows as they are."""

    def __init__(self, session: Session) -> None:
        self._opinions = {one.receipt: one for one in session.scalars(select(Opinion))}
        self._by_id = {one.id: one for one in self._opinions.values()}
        self._notices = {one.id: one for one in session.scalars(select(Notice))}
        self._attachments: dict[int, list[Attachment]] = {}
        for attachment in session.scalars(select(Attachment)):
            self._attachments.setdefault(attachment.opinion_id, []).append(attachment)
        self._rows = {
            (name, *_key(row)): row
            for name, table in _TABLES.items()
            for row in session.scalars(select(table))
        }
        self._finals = {_key(one): one for one in session.scalars(select(Finalisation))}
        self._received: dict[str, Entry] = {}
        self._told: dict[tuple[Any, ...], tuple[Entry, dict[str, str], str]] = {}
        self._groups: dict[str, tuple[int | None, int]] = {}
        self._announced: dict[str, tuple[dict[str, Any], int]] = {}
        self._finalised: dict[tuple[Any, ...], Entry] = {}

    def hear(self, entry: Entry) -> None:
        """Take in an entry; a later one on the same row counts instead."""
        words = entry.words
        if entry.action in _RECEIVED:
            self._received[words["receipt"]] = entry
        elif entry.action == "report-finalised":
            self._finalised[(entry.subject, words["number"])] = entry
        elif entry.action.startswith("notice-"):
            self._hear_notice(entry, words)
        else:
            self._hear_row(entry, words)

    def _hear_row(self, entry: Entry, words: dict[str, Any]) -> None:
        for receipt in words.get("added", ()):
            self._groups[receipt] = (words["group"], entry.number)
        for receipt in words.get("removed", ()):
            self._groups[receipt] = (None, entry.number)
        row = words["row"]
        about = words.get("receipt") or f"{entry.subject} #{words['group']}"
        self._told[(row["table"], *row["key"])] = (entry, row["fields"], about)

    def _hear_notice(self, entry: Entry, words: dict[str, Any]) -> None:
        if entry.action == "notice-publish":
            said = {**words.get("said", {}), "opens_at": words.get("opens_at")}
            self._announced[entry.subject] = (
                {**said, "closes_at": words.get("closes_at"), "withdrawn_reason": ""},
                entry.number,
            )
        elif entry.action == "notice-take-back":
            self._announced.pop(entry.subject, None)
        elif entry.subject in self._announced:
            name = "withdrawn_reason" if entry.action == "notice-withdraw" else "closes_at"
            value = words["reason"] if name == "withdrawn_reason" else words["closes_at"]
            said, _number = self._announced[entry.subject]
            self._announced[entry.subject] = ({**said, name: value}, entry.number)

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong."""
        yield from self._of_notices()
        yield from self._of_opinions()
        yield from self._of_rows()
        yield from self._of_groups()
        yield from self._of_finals()

    def _of_notices(self) -> Iterator[Fault]:
        for notice_id, (said, number) in self._announced.items():
            notice = self._notices.get(notice_id)
            if notice is None:
                yield Fault(Notice.__tablename__, notice_id, "", "missing", number)
                continue
            now = {**Content.of(notice).values(), **_moments(notice)}
            for name, value in said.items():
                if value is not None and _written(now.get(name)) != _written(value):
                    yield Fault(Notice.__tablename__, notice_id, name, "changed", number)
        for notice in self._notices.values():
            if notice.published_at is not None and notice.id not in self._announced:
                yield Fault(Notice.__tablename__, notice.id, "published_at", "extra", 0)

    def _of_opinions(self) -> Iterator[Fault]:
        table = Opinion.__tablename__
        for receipt, entry in self._received.items():
            opinion = self._opinions.get(receipt)
            if opinion is None:
                yield Fault(table, receipt, "", "missing", entry.number)
                continue
            found = receipt_fields(opinion, self._attachments.get(opinion.id, ()))["fields"]
            for name in _different(entry.words["fields"], found):
                yield Fault(table, receipt, name, "changed", entry.number)
        for receipt in self._opinions.keys() - self._received.keys():
            yield Fault(table, receipt, "", "extra", 0)

    def _of_rows(self) -> Iterator[Fault]:
        for key, (entry, fields, about) in self._told.items():
            row = self._rows.get(key)
            if row is None:
                yield Fault(key[0], about, "", "missing", entry.number)
                continue
            found = digests(self._salt(row, entry), rows.values(row))
            for name in _different(fields, found):
                yield Fault(key[0], about, name, "changed", entry.number)
        for key in self._rows.keys() - self._told.keys():
            yield Fault(key[0], self._about(self._rows[key]), "", "extra", 0)

    def _salt(self, row: Any, entry: Entry) -> str:
        """What the digests of a row are salted with, as the entry was made."""
        if isinstance(row, Group):
            return rows.group_salt(row.id)
        receipt = entry.words.get("receipt")
        if receipt is None:
            return rows.group_salt(entry.words["group"])
        opinion = self._opinions.get(receipt)
        return opinion.key if opinion else ""

    def _about(self, row: Any) -> str:
        """A row that no entry tells of, for people."""
        opinion = self._by_id.get(getattr(row, "opinion_id", None) or 0)
        group = row.id if isinstance(row, Group) else getattr(row, "group_id", None)
        return opinion.receipt if opinion else f"{getattr(row, 'notice_id', '')} #{group}"

    def _of_groups(self) -> Iterator[Fault]:
        """Whether each opinion is in the group that it was put into last."""
        for receipt, opinion in self._opinions.items():
            group, number = self._groups.get(receipt, (None, 0))
            if opinion.group_id != group:
                how: How = "changed" if number else "extra"
                yield Fault(Opinion.__tablename__, receipt, "group_id", how, number)

    def _of_finals(self) -> Iterator[Fault]:
        table = Finalisation.__tablename__
        for key, entry in self._finalised.items():
            row = self._finals.get(key)
            about = f"{key[0]} #{key[1]}"
            if row is None:
                yield Fault(table, about, "", "missing", entry.number)
            elif row.inputs != entry.words["inputs"]:
                yield Fault(table, about, "inputs", "changed", entry.number)
        for key in self._finals.keys() - self._finalised.keys():
            yield Fault(table, f"{key[0]} #{key[1]}", "", "extra", 0)


def _key(row: Any) -> tuple[Any, ...]:
    """The primary key of a row."""
    return tuple(getattr(row, column.key) for column in row.__table__.primary_key)


def _moments(notice: Notice) -> dict[str, Any]:
    return {
        "opens_at": notice.opens_at,
        "closes_at": notice.closes_at,
        "withdrawn_reason": notice.withdrawn_reason,
    }


def _written(value: Any) -> Any:
    """A value as the log has it: a moment is told alike in every time zone."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value


def _different(told: Mapping[str, str], found: Mapping[str, str]) -> Iterable[str]:
    """The fields whose digests differ; of a row whose salt was changed all do: then the salt."""
    names = [name for name, digest in told.items() if found.get(name) != digest]
    return ["key"] if len(names) == len(told) > 1 else names
