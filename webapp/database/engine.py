"""Connections and transactions, alike on SQLite and PostgreSQL.

A writer begins with ``BEGIN IMMEDIATE`` on SQLite: with a plain ``BEGIN`` two of them would both
read, and one would fail when it comes to write. Readers take a snapshot and never wait.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from geo.errors import HuituError, ProblemKind
from geo.types import Text

FILE = "huitu.sqlite"
#: How long a writer waits for those before it.
_PATIENCE_SECONDS = 20
_WRITES = "huitu_writes"
#: The last: a row that is replaced counts as deleted, which the log refuses.
_SETTINGS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON")

BUSY = ProblemKind(
    "database-busy",
    "error",
    Text(
        zh="数据库暂时无法应答，这次操作没有执行，已有内容不变",
        en="The database does not answer just now; nothing was done and nothing is lost",
    ),
    Text(zh="稍候片刻再试", en="Try again in a moment"),
)


FULL = ProblemKind(
    "disk-full",
    "error",
    Text(
        zh="服务器的磁盘已满，这次操作没有执行，已有内容不变",
        en="The server's disk is full; nothing was done and nothing is lost",
    ),
    Text(
        zh="请网站管理员腾出空间后再试",
        en="Ask the administrator of this site to make room, then try again",
    ),
)


class Full(HuituError):  # noqa: N818 - the name says it
    """There is no room left to write what was asked; it was not done."""


class Busy(HuituError):  # noqa: N818 - the name says it
    """The database is stopped, restarting or overloaded; what was asked was not done."""


def default_url(data: Path) -> str:
    """The SQLite file of a data folder."""
    return f"sqlite:///{data.absolute() / FILE}"


class Database:
    """Opens transactions; connects when the first is wanted, in every process anew.

    Parameters
    ----------
    url
        As SQLAlchemy writes it: ``sqlite:////path/file``, ``postgresql+psycopg://user@host/name``.
    pooled
        Whether connections stay open for the next transaction; a command has but one.
    """

    def __init__(self, url: str, *, pooled: bool = True) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        kept: dict[str, Any] = {} if pooled else {"poolclass": NullPool}
        # What a statement was given may be secret, and errors are logged.
        self.engine = create_engine(self.url, hide_parameters=True, **self._options(), **kept)
        if self.is_sqlite:
            event.listen(self.engine, "do_connect", self._own_file)
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writers = self.engine.execution_options(**{_WRITES: True})

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)!r})"

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One state of the database, to read."""
        with _told(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """One state of the database for reads that take long; writers do not wait for it."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        engine = self.engine.execution_options(**options)
        with _told(), Session(engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction: all of it is kept, or on any error nothing.

        Raises
        ------
        Busy
            When the database cannot be reached, or others wrote for too long.
        """
        with (
            _told(),
            Session(self._writers, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _own_file(self, *_connecting: Any) -> None:
        """Make the file its owner's alone before SQLite makes it everybody's to read.

        The files beside it (``-wal``, ``-shm``) get the rights that it has.
        """
        if self.file is not None and self.file.parent.is_dir():
            self.file.touch(mode=0o600)

    def _options(self) -> dict[str, Any]:
        if self.is_sqlite:
            return {"connect_args": {"timeout": _PATIENCE_SECONDS, "check_same_thread": False}}
        patience = f"-c lock_timeout={_PATIENCE_SECONDS}s"
        return {
            "pool_pre_ping": True,
            "connect_args": {"options": patience, "connect_timeout": 5},
        }


@contextmanager
def _told() -> Iterator[None]:
    """A database that does not answer is told in our words; a wrong statement is a bug of ours."""
    try:
        yield
    except OperationalError as error:
        if _is_full(error):
            raise Full(FULL.at()) from error
        raise Busy(BUSY.at()) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Busy(BUSY.at()) from error
        raise


#: Beside "full": a quota or the limit on one file ends a write, and SQLite tells no more than that.
_FULL_IN_SQLITE = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
)


def _is_full(error: OperationalError) -> bool:
    """SQLite by its own number, PostgreSQL by its class 53100 (disk_full)."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return getattr(original, "sqlite_errorcode", None) in _FULL_IN_SQLITE
    return getattr(original, "sqlstate", None) == "53100"


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in _SETTINGS:
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def engine_of(session: Session) -> Engine:
    """The engine that a session's transaction runs on."""
    found: Engine = session.get_bind().engine
    return found
