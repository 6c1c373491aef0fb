"""The rules of an import: what may follow what, and what of it is logged."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import InputError, NotFound, ProblemKind
from geo.types import Text
from layers.ingest import NO_ANSWERS, Answers, LeftOut
from layers.mapping import FieldMapping
from webapp import journal
from webapp.database import now
from webapp.desk.tables import ENDED, Import, KnownMapping, State

#: So many of the imports that have ended are listed.
LISTED = 50
_WHAT = Text(zh="导入", en="import")

OVER = ProblemKind(
    "import-over",
    "error",
    Text(zh="这次导入已经结束，不能再改", en="This import has ended and cannot be changed"),
    Text(zh="要再次发布这个文件，请重新上传", en="Upload the file again to publish it anew"),
)
KINDS = (OVER,)


def begin(
    session: Session, import_id: str, layer: str, by: str, received: tuple[str, int, str]
) -> Import:
    """Write down a file that was received: its name, size and hash; logged."""
    file, size_bytes, sha256 = received
    moment = now()
    one = Import(
        id=import_id,
        layer=layer,
        by=by,
        begun_at=moment,
        changed_at=moment,
        state="received",
        file=file,
        size_bytes=size_bytes,
        sha256=sha256,
        answers=_written(NO_ANSWERS),
        source="",
        version="",
    )
    session.add(one)
    session.flush()
    journal.append(
        session,
        "import-received",
        actor=by,
        subject=import_id,
        layer=layer,
        file=file,
        size_bytes=size_bytes,
        sha256=sha256,
    )
    return one


def new_id() -> str:
    """An id that nobody guesses."""
    return secrets.token_hex(16)


def named(session: Session, import_id: str, *, locked: bool = False) -> Import:
    """The import of an id.

    Raises
    ------
    NotFound
        There is none.
    """
    found = session.get(Import, import_id, with_for_update=locked or None)
    if found is None:
        raise NotFound(_WHAT, import_id)
    return found


def open_one(session: Session, import_id: str) -> Import:
    """An import to be changed, locked until the transaction ends; :class:`InputError` when over."""
    found = named(session, import_id, locked=True)
    if found.ended:
        raise InputError(OVER.at())
    return found


def listed(session: Session) -> tuple[Sequence[Import], Sequence[Import]]:
    """Imports under way, and the last of those that have ended; the newest first."""
    newest = select(Import).order_by(Import.begun_at.desc())
    open_ones = session.scalars(newest.where(Import.state.not_in(ENDED)))
    ended = session.scalars(newest.where(Import.state.in_(ENDED)).limit(LISTED))
    return open_ones.all(), ended.all()


def answer(session: Session, import_id: str, **answers: object) -> Import:
    """Write an answer down; what was prepared without it is ready no more."""
    one = open_one(session, import_id)
    changed: Answers = replace(one.told, **answers)  # type: ignore[arg-type]
    one.answers = _written(changed)
    move(one, "answering")
    return one


def leave_out(session: Session, import_id: str, rows: Iterable[int], reason: str) -> Import:
    """Leave rows out with a reason; those that were left out before keep theirs."""
    told = {one.row: one for one in open_one(session, import_id).told.left_out}
    told = {**{row: LeftOut(row, reason) for row in rows}, **told}
    return answer(session, import_id, left_out=tuple(told[row] for row in sorted(told)))


def take_in(session: Session, import_id: str, rows: Iterable[int]) -> Import:
    """Take rows in again that were left out."""
    again = set(rows)
    told = open_one(session, import_id).told.left_out
    return answer(session, import_id, left_out=tuple(one for one in told if one.row not in again))


def refuse(session: Session, import_id: str, problem: str) -> None:
    """A file that cannot be read is kept apart; logged with the first reason."""
    one = named(session, import_id, locked=True)
    if one.ended:
        return
    move(one, "refused")
    journal.append(
        session, "import-refused", actor=one.by, subject=one.id, layer=one.layer, reason=problem
    )


def publish(session: Session, import_id: str, version: str, by: str) -> None:
    """Write down what was published; logged."""
    one = named(session, import_id, locked=True)
    if one.state == "published":
        return
    one.version = version
    move(one, "published")
    journal.append(
        session,
        "import-published",
        actor=by,
        subject=one.id,
        layer=one.layer,
        file=one.file,
        version=version,
    )


def discard(session: Session, import_id: str, by: str) -> None:
    """Give an import up; its file stays. Logged."""
    one = open_one(session, import_id)
    move(one, "discarded")
    journal.append(session, "import-discarded", actor=by, subject=one.id, layer=one.layer)


def move(one: Import, state: State) -> None:
    """Bring an import into a state."""
    one.state, one.changed_at = state, now()


# ---------------------------------------------------------------- what was decided before


def source_of(driver: str, fields: Iterable[str]) -> str:
    """Files of one type with the same fields are of one source."""
    return hashlib.sha256(orjson.dumps([driver, sorted(fields)])).hexdigest()[:32]


def remembered(session: Session, layer: str, source: str) -> FieldMapping | None:
    """The mapping that was last decided for a source."""
    found = session.get(KnownMapping, (layer, source))
    return None if found is None else found.fields


def remember(session: Session, one: Import, mapping: FieldMapping, by: str) -> None:
    """Keep a mapping for the next file of the same source."""
    known = KnownMapping(
        layer=one.layer,
        source=one.source,
        mapping=orjson.dumps(mapping.to_dict()).decode(),
        by=by,
        at=now(),
    )
    session.merge(known)


def _written(answers: Answers) -> str:
    return orjson.dumps(answers.options, option=orjson.OPT_SORT_KEYS).decode()
