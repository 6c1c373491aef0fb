"""The log: only appended to, and every change behind its back is found."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from geo.errors import InputError
from layers.catalog import Catalog
from layers.store import Store
from webapp import journal
from webapp.journal import Wanted
from webapp.journal.actions import ACTIONS, Action
from webapp.journal.chain import Broken
from webapp.journal.writing import csv_lines


@pytest.fixture
def filled(database):
    with database.writing() as session:
        for number in range(5):
            journal.append(session, "sign-in", actor=f"a{number % 2}", subject="x", number=number)
    return database


def tampered(database, *statements):
    """Do what somebody with the file in hand can do, past the triggers."""
    with database.writing() as session:
        if database.is_sqlite:
            session.execute(text("DROP TRIGGER journal_no_update"))
            session.execute(text("DROP TRIGGER journal_no_delete"))
        else:
            session.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        for statement in statements:
            session.execute(text(statement))
    with database.reading() as session:
        return journal.verify(session)


def test_every_action_has_its_words():
    assert ACTIONS.keys() == set(Action.__args__)


def test_a_whole_chain(filled):
    with filled.reading() as session:
        verdict = journal.verify(session)
        assert (verdict.count, verdict.broken) == (5, None)
        assert (5, verdict.head) == journal.head(session)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE journal SET actor = 'b' WHERE number = 3", Broken(3, "changed")),
        ("UPDATE journal SET detail = '{}' WHERE number = 1", Broken(1, "changed")),
        (
            "UPDATE journal SET at = '2020-01-01 00:00:00+00:00' WHERE number = 2",
            Broken(2, "changed"),
        ),
        ("DELETE FROM journal WHERE number = 2", Broken(2, "cut")),
        ("DELETE FROM journal WHERE number = 5", Broken(5, "tail")),
        ("DELETE FROM journal", Broken(1, "tail")),
    ],
)
def test_the_first_entry_that_does_not_hold_is_named(filled, statement, broken):
    assert tampered(filled, statement).broken == broken


def test_a_chain_made_anew_is_exposed_by_what_was_noted(filled):
    with filled.reading() as session:
        noted = "{}:{}".format(*journal.head(session))
        assert journal.holds(session, noted)
    tampered(filled, "DELETE FROM journal", "UPDATE journal_head SET number = 0")
    with filled.writing() as session:
        for number in range(5):
            journal.append(session, "sign-in", actor="forger", number=number)
    with filled.reading() as session:
        assert not journal.holds(session, noted)


def test_a_chain_made_anew_is_exposed_by_the_heads_outside(filled, tmp_path):
    with filled.reading() as session:
        journal.note(session, tmp_path)
        assert journal.contradicted(session, journal.noted(tmp_path)) is None
    tampered(filled, "DELETE FROM journal", "DELETE FROM journal_head")
    with filled.writing() as session:
        for number in range(6):
            journal.append(session, "sign-in", actor="forger", number=number)
    with filled.reading() as session:
        assert journal.verify(session).broken is None
        assert journal.contradicted(session, journal.noted(tmp_path)).number == 5


def test_a_head_is_noted_once_a_day_and_at_each_start(filled, tmp_path):
    with filled.reading() as session:
        for daily in (True, True, False, True):
            journal.note(session, tmp_path, daily=daily)
    assert [one.number for one in journal.noted(tmp_path)] == [5, 5]


def test_a_line_that_was_written_by_somebody_else_is_named(filled, tmp_path):
    with filled.reading() as session:
        journal.note(session, tmp_path)
    with (tmp_path / "log-heads.txt").open("a") as file:
        file.write("2026-11-24 x\n")
    with pytest.raises(InputError) as told:
        journal.noted(tmp_path)
    assert "第 2 行" in told.value.message("zh")


@pytest.mark.parametrize("verb", ["UPDATE journal SET actor = 'b'", "DELETE FROM journal"])
def test_the_database_itself_refuses_to_change_the_log(filled, verb):
    with pytest.raises(DatabaseError, match="only appended to"), filled.writing() as session:
        session.execute(text(verb))


@pytest.mark.parametrize("noted", ["", "1", "x:y", "99:abc", "1:"])
def test_what_was_never_an_entry_is_not_in_the_chain(filled, noted):
    with filled.reading() as session:
        assert not journal.holds(session, noted)


def test_entries_are_found_page_by_page(filled):
    with filled.reading() as session:
        newest, count, left = journal.entries(session, Wanted(), limit=2)
        assert ([one.number for one in newest], count, left) == ([5, 4], 5, True)
        older, count, left = journal.entries(session, Wanted(before=4), limit=3)
        assert ([one.number for one in older], count, left) == ([3, 2, 1], 5, False)
        chosen, count, _ = journal.entries(session, Wanted(actor="a1"))
        assert ([one.number for one in chosen], count) == ([4, 2], 2)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_any_words_come_back_and_hold(filled, words):
    with filled.writing() as session:
        entry = journal.append(session, "sign-in", actor="li", subject=words, said=words)
        number = entry.number
    with filled.reading() as session:
        found = session.get(journal.Entry, number)
        assert (found.subject, found.words) == (words, {"said": words})
        assert journal.verify(session).broken is None


def test_as_csv_nothing_is_a_formula_and_the_last_line_counts(filled):
    with filled.writing() as session:
        journal.append(session, "publish", actor="=1+1", subject="@x", reason='a,"b"\n')
    with filled.reading() as session:
        content = b"".join(csv_lines(journal.entries_of(session, Wanted()), "zh")).decode("utf-8")
    rows = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["序号", "时间（UTC）", "操作人"]
    assert rows[6][2:6] == ["'=1+1", "发布", "publish", "'@x"]
    assert rows[-1] == ["# 行数", "6"]


def test_publications_of_the_store_are_logged_once(database, town, published):
    published(town)
    catalog, store = Catalog.read(town), Store(town, software="test")
    count = journal.catch_up(database, catalog, store)
    assert count == len(catalog.layers)
    assert journal.catch_up(database, catalog, store) == 0
    with database.reading() as session:
        found, _, _ = journal.entries(session, Wanted(action="publish"))
    layer = catalog.layers[-1].id
    assert found[0].subject == layer
    assert found[0].words["version"] == store.current(layer).id
