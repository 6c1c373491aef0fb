"""The register: whatever was changed, removed or added behind the program's back is named."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.consulting import CLOSES, DURING, notice, photo, sent
from webapp import cli, journal
from webapp.accounts import Person
from webapp.consultation import deciding, grouping, moderation, notices, registry
from webapp.consultation.attachments import Cleaned, Files
from webapp.consultation.clock import SetClock
from webapp.consultation.reading import notice_of
from webapp.consultation.receiving import receive
from webapp.consultation.registry import Fault
from webapp.consultation.tables import Decision, Group, Moderation, Opinion
from webapp.journal.chain import hash_of
from webapp.journal.tables import Entry, Head
from webapp.settings import Settings

BY, ID = Person("mao", "毛"), "2026-003"
WORDS = {"verdict": "adopted", "reason": "绿带加宽", "body": "规划建设局"}


class Register:
    """A consultation that was worked on, and hands that reach behind the program."""

    def __init__(self, database, data):
        self.database, self.clock, self.files = database, SetClock(DURING), Files(data)
        settings = Settings(data=data, contact_key="k" * 10 + "0123456789abcdefghijklmn")
        with database.writing() as session:
            session.add(notice(published_at=None, published_by=None, opens_at=None, closes_at=None))
        self.do(self._publish)
        self.receipts = []
        for number in range(1, 5):
            files = (Cleaned(photo(), "image/jpeg"),) if number == 1 else ()
            with database.writing() as session:
                made = receive(
                    session,
                    self.files,
                    settings,
                    notice_of(session, ID),
                    sent(number, files=files, topics=("green",), project="P01"),
                    at=DURING,
                )
            self.receipts.append(made.receipt)
        self._work()

    def _publish(self, session):
        found = notice_of(session, ID)
        found.published_at, found.published_by = DURING - timedelta(days=4), "mao"
        found.opens_at, found.closes_at = DURING - timedelta(days=3), CLOSES
        notices.announcing._log_publication(session, found, BY)

    def _work(self):
        first, second, third, fourth = self.receipts
        by = {"by": BY, "clock": self.clock}
        self.do(moderation.moderate, first, "show", masks=[[0, 2]], **by)
        self.do(moderation.moderate, second, "withhold", code="insult", **by)
        group = self.do(grouping.group, ID, [third, fourth], "树", **by)
        self.do(deciding.decide, receipt=first, **WORDS, **by)
        self.do(deciding.decide, group=group.id, **WORDS, **by)
        self.do(notices.lengthen, ID, CLOSES + timedelta(days=2), "节假日", **by)
        self.group = group.id

    def do(self, act, *args, **values):
        with self.database.writing() as session:
            return act(session, *args, **values)

    def run(self, statement, **values):
        """Change something as somebody would who has the database."""
        with self.database.writing() as session:
            session.execute(text(statement), values)

    def faults(self):
        with self.database.reading() as session:
            return registry.verify(session)


@pytest.fixture
def register(database, tmp_path):
    return Register(database, tmp_path)


def places(faults):
    return {(one.table, one.about, one.field, one.how) for one in faults}


def test_a_register_that_nobody_touched_is_whole(register):
    assert register.faults() == []
    with register.database.reading() as session:
        assert registry.verify_files(session, register.files) == []


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("opinion", "words", "别的话"),
        ("opinion", "stance", "oppose"),
        ("opinion", "channel", "paper"),
        ("opinion", "topics", "[]"),
        ("opinion", "project", None),
        ("opinion", "entered_by", "somebody"),
        ("opinion", "received_at", "2026-03-09 01:00:00+00:00"),
        ("opinion", "entered_at", "2026-03-09 01:00:00+00:00"),
        ("opinion", "number", 77),
        ("opinion", "key", "another"),
        ("opinion_moderation", "verdict", "withhold"),
        ("opinion_moderation", "code", "insult"),
        ("opinion_moderation", "masks", "[]"),
        ("opinion_moderation", "note", "x"),
        ("opinion_moderation", "by", "somebody"),
        ("opinion_moderation", "at", "2026-03-09 01:00:00+00:00"),
        ("opinion_decision", "verdict", "rejected"),
        ("opinion_decision", "reason", "x"),
        ("opinion_decision", "body", "x"),
        ("opinion_decision", "projects", '["P01"]'),
        ("opinion_decision", "layer", "parks"),
        ("opinion_decision", "version", "abc"),
        ("opinion_decision", "at", "2026-03-09 01:00:00+00:00"),
        ("opinion_group", "title", "x"),
        ("notice", "title_zh", "x"),
        ("notice", "procedure", "voluntary"),
        ("notice", "closes_at", "2026-03-20 16:00:00+00:00"),
        ("notice", "opens_at", "2026-03-20 16:00:00+00:00"),
        ("notice", "projects", "[]"),
    ],
)
def test_every_field_that_was_changed_is_named(register, table, column, value):
    first = f"(SELECT id FROM opinion WHERE receipt = '{register.receipts[0]}')"  # noqa: S608
    wheres = {
        "opinion": f"id = {first}",
        "opinion_moderation": f"opinion_id = {first}",
        "opinion_decision": f"opinion_id = {first}",
        "opinion_group": f"id = {register.group}",
        "notice": f"id = '{ID}'",
    }
    about = {"opinion_group": f"{ID} #{register.group}", "notice": ID}
    changing = f'UPDATE {table} SET "{column}" = :value WHERE {wheres[table]}'  # noqa: S608
    register.run(changing, value=value)
    found = {one for one in places(register.faults()) if one[0] == table}
    assert found == {(table, about.get(table, register.receipts[0]), column, "changed")}


def test_an_opinion_moved_out_of_its_group_is_named(register):
    register.run("UPDATE opinion SET group_id = NULL WHERE number = 3")
    assert places(register.faults()) == {("opinion", register.receipts[2], "group_id", "changed")}


def test_an_opinion_put_into_a_group_is_named(register):
    register.run("UPDATE opinion SET group_id = :group WHERE number = 1", group=register.group)
    assert places(register.faults()) == {("opinion", register.receipts[0], "group_id", "extra")}


def test_a_row_that_is_gone_is_named(register):
    register.run("DELETE FROM opinion_moderation WHERE verdict = 'withhold'")
    assert places(register.faults()) == {
        ("opinion_moderation", register.receipts[1], "", "missing")
    }


def test_an_opinion_that_is_gone_is_named(register):
    register.run("DELETE FROM opinion_moderation WHERE verdict = 'withhold'")
    register.run("DELETE FROM opinion WHERE number = 2")
    assert ("opinion", register.receipts[1], "", "missing") in places(register.faults())


def test_a_photo_that_was_taken_away_is_named(register):
    register.run("DELETE FROM opinion_attachment")
    assert places(register.faults()) == {
        ("opinion", register.receipts[0], "attachments", "changed")
    }


def test_a_file_that_was_changed_or_is_gone_is_named(register):
    [path] = [one for one in register.files.path("ab" * 32).parents[1].rglob("*") if one.is_file()]
    path.chmod(0o600)
    path.write_bytes(b"another")
    with register.database.reading() as session:
        (fault,) = registry.verify_files(session, register.files)
    assert (fault.about, fault.field, fault.how) == (register.receipts[0], "content", "changed")
    path.unlink()
    with register.database.reading() as session:
        (fault,) = registry.verify_files(session, register.files)
    assert fault.how == "missing"


def test_rows_that_no_entry_tells_of_are_named(register):
    with register.database.writing() as session:
        opinion = session.scalars(select(Opinion).where(Opinion.number == 1)).one()
        words = {column.key: getattr(opinion, column.key) for column in Opinion.__table__.columns}
        words |= {"id": 999, "number": 99, "receipt": "HS-2026-003-XXXXX-XXXXX", "key": "x"}
        session.add(Opinion(**words))
        session.add(
            Moderation(opinion_id=opinion.id, number=9, verdict="withhold", by="x", at=DURING)
        )
        session.add(
            Decision(notice_id=ID, opinion_id=opinion.id, by="x", at=DURING, projects=[], **WORDS)
        )
        session.add(Group(notice_id=ID, title="x", by="x", at=DURING))
    found = places(register.faults())
    assert ("opinion", "HS-2026-003-XXXXX-XXXXX", "", "extra") in found
    assert ("opinion_moderation", register.receipts[0], "", "extra") in found
    assert ("opinion_decision", register.receipts[0], "", "extra") in found
    assert {one[0] for one in found} >= {"opinion_group"}


def rebuild(register, change):
    """Rewrite rows and log and make the whole chain anew, as one can who has the database."""
    with register.database.writing() as session:
        if register.database.is_sqlite:
            session.execute(text("DROP TRIGGER journal_no_update"))
        else:
            session.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        entries = session.scalars(select(Entry).order_by(Entry.number)).all()
        change(session, entries)
        previous = "0" * 64
        for entry in entries:
            entry.previous = previous
            entry.hash = previous = hash_of(entry)
        session.get(Head, 1).hash = previous


def test_a_chain_that_was_made_anew_is_exposed_by_the_heads_that_were_published(register, tmp_path):
    from webapp.consultation.fields import digests

    with register.database.reading() as session:
        journal.note(session, tmp_path)

    def change(session, entries):
        opinion = session.scalars(select(Opinion).where(Opinion.number == 2)).one()
        opinion.words = "没有意见"
        for entry in entries:
            words = entry.words
            if entry.action == "opinion-received" and words["receipt"] == opinion.receipt:
                words["fields"] |= digests(opinion.key, {"words": opinion.words})
                entry.detail = json.dumps(words)

    rebuild(register, change)
    assert register.faults() == []
    with register.database.reading() as session:
        assert journal.verify(session).broken is None
        assert journal.contradicted(session, journal.noted(tmp_path)) is not None


def verified(data, capsys, *args):
    """The exit code of ``huitu log verify``, and what it says."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["log", "verify", "--data", str(data), *args])
    return ended.value.code, capsys.readouterr().out


def test_the_command_names_what_was_changed_and_fails(desk, town, published, capsys):
    made = desk(published(town))
    register = Register(made.database, town)
    assert verified(town, capsys)[0] == 0
    register.run("UPDATE opinion SET words = 'x' WHERE number = 2")
    code, told = verified(town, capsys)
    assert code == 1
    assert f"{register.receipts[1]}\topinion.words 被改动过（见第" in told
    assert "was changed" in verified(town, capsys, "--lang", "en")[1]


def test_faults_are_told_in_words_without_the_words(register):
    register.run("UPDATE opinion SET words = '秘密' WHERE number = 2")
    (fault,) = register.faults()
    assert fault == Fault("opinion", register.receipts[1], "words", "changed", fault.entry)
    assert "秘密" not in repr(fault)
