"""The revision of the tables: made anew in an empty database, brought up by ``huitu upgrade``."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from geo.errors import InputError, ProblemKind
from geo.types import Text
from webapp.database.engine import Database

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest revision, that of the last file in ``webapp/migrations/versions``; a test compares.
HEAD = "0004"
VERSIONS = "alembic_version"
_MIGRATIONS = Path(__file__).parent.parent / "migrations"
#: Any number that nobody else takes: one upgrade at a time on PostgreSQL.
_ADVISORY_LOCK = 72_455_001

OTHER_REVISION = ProblemKind(
    "database-revision",
    "error",
    Text(
        zh="数据库的结构是修订 {found}，这个版本的程序需要修订 {wanted}",
        en="The database is of revision {found}; this version of the program wants {wanted}",
    ),
    Text(
        zh="先备份（huitu backup），再运行 huitu upgrade；数据库比程序新时，请换用新版程序",
        en="Make a backup (huitu backup), then run huitu upgrade; "
        "where the database is newer, use the newer program",
    ),
)


class Schema:
    """Which revision a database has, and the ways to the one that this program wants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revision(self) -> str | None:
        """The revision of the tables; None for an empty database."""
        with self._database.reading() as session:
            if not inspect(session.connection()).has_table(VERSIONS):
                return None
            found: str | None = session.execute(
                text(f"SELECT version_num FROM {VERSIONS}")  # noqa: S608 - a constant
            ).scalar()
            return found

    def ready(self) -> None:
        """Make the tables of an empty database; refuse one of another revision.

        Raises
        ------
        InputError
            The database is older or newer than this program; the sentence names the command.
        Busy
            It cannot be reached.
        """
        found = self.revision()
        if found is None:
            self.upgrade()
        elif found != HEAD:
            raise InputError(OTHER_REVISION.at(found=found, wanted=HEAD))

    def upgrade(self) -> str | None:
        """Bring the tables to the newest revision; give the one that they had before."""
        from alembic import command

        with self._alone() as connection:
            before = self.revision()
            command.upgrade(_config(connection), "head")
        return before

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A connection to upgrade on, while nobody else does."""
        with self._file_lock(), self._database.engine.connect() as connection:
            if not self._database.is_sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
            yield connection
            connection.commit()

    @contextmanager
    def _file_lock(self) -> Iterator[None]:
        """On SQLite a lock beside the file; its changes of tables are one transaction each."""
        file = self._database.file
        if file is None:
            yield
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.with_name(f".{file.name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def script_head() -> str | None:
    """The newest revision among the files."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()
