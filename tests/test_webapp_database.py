"""Transactions and revisions, on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from geo.errors import InputError
from webapp import accounts, desk, journal
from webapp.consultation import tables
from webapp.database import HEAD, Busy, Database, Schema, Table
from webapp.database.schema import script_head
from webapp.desk import drafts


def test_the_newest_file_of_the_migrations_is_the_one_that_the_program_wants():
    assert script_head() == HEAD


def test_migrations_make_just_the_tables_that_the_code_knows(database):
    assert accounts
    assert desk
    assert tables
    assert drafts
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_an_empty_database_gets_its_tables(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite'}")
    schema = Schema(database)
    assert schema.revision() is None
    schema.ready()
    assert schema.revision() == HEAD
    database.dispose()


def test_several_starts_at_once_make_the_tables_once(tmp_path, postgresql):
    for url in (f"sqlite:///{tmp_path / 'new.sqlite'}", postgresql.url(postgresql.make())):
        databases = [Database(url) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda one: Schema(one).ready(), databases))
        assert Schema(databases[0]).revision() == HEAD
        for one in databases:
            one.dispose()


def test_another_revision_is_refused_with_the_command_to_use(database):
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(InputError) as told:
        Schema(database).ready()
    assert "0000" in told.value.message("zh")
    assert "huitu upgrade" in told.value.hint("zh")


def test_an_error_leaves_nothing_of_a_transaction(database):
    def twice():
        with database.writing() as session:
            accounts.add(session, "li", "reader", by="test")
            accounts.add(session, "li", "reader", by="test")

    with pytest.raises(InputError):
        twice()
    with database.reading() as session:
        assert not accounts.accounts(session)
        assert journal.head(session)[0] == 0


def test_eight_writers_at_once_lose_nothing(database):
    """Each entry of the log stands on the one before: whoever loses an update breaks the chain."""

    def write(writer):
        for _ in range(12):
            with database.writing() as session:
                journal.append(session, "sign-in", actor=f"w{writer}")
            with database.reading() as session:
                journal.entries(session, journal.Wanted())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with database.reading() as session:
        verdict = journal.verify(session)
    assert (verdict.count, verdict.broken) == (96, None)


def test_a_stopped_database_is_told_and_comes_back(postgresql):
    database = Database(postgresql.with_tables())
    with database.reading() as session:
        assert journal.head(session)[0] == 0
    postgresql.stop()
    try:
        with pytest.raises(Busy) as told, database.writing() as session:
            journal.append(session, "sign-in", actor="li")
    finally:
        postgresql.start()
    assert "没有执行" in told.value.message("zh")
    with database.writing() as session:
        journal.append(session, "sign-in", actor="li")
    with database.reading() as session:
        assert journal.verify(session).count == 1
    database.dispose()


def test_a_password_in_the_address_is_not_shown():
    assert "geheim" not in repr(Database("postgresql+psycopg://huitu:geheim@localhost/huitu"))


def test_the_file_is_its_owners_alone(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'mine.sqlite'}")
    Schema(database).ready()
    with database.writing() as session:
        accounts.add(session, "li", "admin", by="test")
        modes = {one.name: one.stat().st_mode & 0o777 for one in tmp_path.glob("mine.sqlite*")}
    database.dispose()
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


def test_what_a_statement_was_given_is_in_no_error(database):
    twice = text("INSERT INTO journal_head (id, number, hash) VALUES (1, 0, :secret)")
    with pytest.raises(IntegrityError) as told, database.writing() as session:
        session.execute(twice, {"secret": "a-hash"})
    assert "INSERT" in str(told.value)
    assert "a-hash" not in str(told.value)
