"""The databases that tests run on: SQLite, and a PostgreSQL server of the tests' own.

The server is started once on a free port of the loopback and stopped at the end. Where there is no
PostgreSQL its tests are skipped with a word; in CI (the variable CI is set) they then fail.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from webapp.database import Database, Schema

KINDS = ("sqlite", "postgresql")
_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_USER = "huitu"
_NEW = ("-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
_ALONE = ("-c", "listen_addresses=127.0.0.1", "-k", "", "-c", "fsync=off")


def _program(name):
    found = shutil.which(name) or next(
        (str(folder / name) for folder in _DEBIAN if (folder / name).is_file()), None
    )
    if found is None and os.environ.get("CI"):
        raise AssertionError(f"{name} is missing; .ci/need database installs it")
    if found is None:
        pytest.skip(f"PostgreSQL ({name}) is not installed; .ci/need database says how")
    return found


def _as_nobody():
    """The server refuses to run as root: then it runs as Debian's user of the package."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Cluster:
    """A PostgreSQL server in a folder of its own."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="huitu-pg-"))
        self.process = None
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        options = _as_nobody()
        if options:
            shutil.chown(self.folder, options["user"], options["group"])
        subprocess.run(
            [_program("initdb"), "-D", self.folder / "data", *_NEW],
            check=True,
            stdout=subprocess.DEVNULL,
            **options,
        )
        self.start()
        self._template = self.make()

    def start(self):
        """Start the server, and wait until it answers."""
        self.process = subprocess.Popen(
            [_program("postgres"), "-D", self.folder / "data", "-p", str(self.port), *_ALONE],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_as_nobody(),
        )
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                self.run("SELECT 1")
            except OperationalError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("PostgreSQL does not answer")

    def stop(self):
        """Stop it as a person would: those who are connected are cut off."""
        self.process.send_signal(2)
        self.process.wait(20)

    def run(self, statement):
        """Run one statement outside of any transaction."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()

    def url(self, name):
        """The address of a database."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/{name}"

    def make(self, template=None):
        """An empty database; a copy of another."""
        name = f"t{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return name

    def with_tables(self):
        """The address of a new database with our tables."""
        if not getattr(self, "_has_tables", False):
            database = Database(self.url(self._template))
            Schema(database).upgrade()
            database.dispose()
            self._has_tables = True
        return self.url(self.make(self._template))

    def remove(self):
        """Stop the server and delete its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def _tables():
    """A SQLite file with our tables and no row: making them takes longer than most tests."""
    with tempfile.TemporaryDirectory(prefix="huitu-sqlite-") as folder:
        database = Database(f"sqlite:///{folder}/tables.sqlite")
        Schema(database).upgrade()
        database.dispose()
        return Path(folder, "tables.sqlite").read_bytes()


def _put_tables(file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(_tables())


def ready(database):
    """What ``Schema.ready`` does; a new SQLite database is copied."""
    if database.file is not None and not database.file.exists():
        _put_tables(database.file)
    Schema(database).ready()


@pytest.fixture(scope="session")
def postgresql():
    """One PostgreSQL server for all tests."""
    cluster = Cluster()
    yield cluster
    cluster.remove()


@pytest.fixture(params=KINDS)
def database_url(request, tmp_path):
    """The address of a new database with our tables, of each kind."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql").with_tables()
    url = f"sqlite:///{tmp_path / 'test.sqlite'}"
    _put_tables(tmp_path / "test.sqlite")
    return url


@pytest.fixture
def database(database_url):
    """A new database with our tables, of each kind."""
    found = Database(database_url)
    yield found
    found.dispose()
