"""All rows of all tables as lines of text, and back: from any kind of database to any other."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Date, LargeBinary, Table, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from webapp.database.schema import VERSIONS
from webapp.database.tables import Moment
from webapp.database.tables import Table as Base

_BATCH = 500
#: Has a row from the beginning.
_BEGUN = ("journal_head",)


def tables(session: Session) -> Sequence[Table]:
    """Every table, those that others point to first.

    Raises
    ------
    LookupError
        The database has another table than the code knows: nothing may be left out in silence.
    """
    found = set(inspect(session.connection()).get_table_names()) - {VERSIONS}
    known = Base.metadata.sorted_tables
    if found != {table.name for table in known}:
        raise LookupError(f"tables {sorted(found)}, known {[table.name for table in known]}")
    return known


def is_empty(session: Session) -> bool:
    """Whether nobody has kept anything there; tables without a row are nothing."""
    found = set(inspect(session.connection()).get_table_names()) - {VERSIONS}
    known = Base.metadata.tables
    if not found <= known.keys():
        return False
    filled = (name for name in found if name not in _BEGUN)
    return not any(session.scalar(select(known[name]).limit(1)) is not None for name in filled)


def rows(session: Session, table: Table) -> Iterator[bytes]:
    """Each row as a line of JSON, in the order of the primary key."""
    wanted = select(table).order_by(*table.primary_key.columns)
    for row in session.execute(wanted.execution_options(yield_per=_BATCH)).mappings():
        yield orjson.dumps({name: _told(value) for name, value in row.items()}) + b"\n"


def fill(session: Session, table: Table, lines: Iterable[bytes]) -> None:
    """Put rows into a table whose own first rows go."""
    if session.scalar(select(func.count()).select_from(table)):
        session.execute(table.delete())
    for batch in _batches(lines):
        session.execute(insert(table), [_row(table, line) for line in batch])
    _count_on(session.connection(), table)


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _row(table: Table, line: bytes) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads(line)
    return {name: _value(table.columns[name].type, value) for name, value in told.items()}


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Moment):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(kind, LargeBinary) else value


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL gives the next number from a sequence, which knows nothing of rows put in."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    highest = connection.scalar(select(func.max(column)))
    if highest is not None:
        sequence = "SELECT setval(pg_get_serial_sequence(:table, :column), :highest)"
        named = {"table": table.name, "column": column.name, "highest": highest}
        connection.execute(text(sequence), named)
