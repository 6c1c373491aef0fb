"""Contact data: for those who may, in the log when taken, gone on its date, and nowhere else."""

import csv
import io
import logging
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.consulting import CLOSES, DURING, notice, photo, sent
from tests.desk import post
from webapp import backup, cli, clocks, journal
from webapp.accounts import Person
from webapp.consultation import deciding, moderation, purging, registry
from webapp.consultation.attachments import Cleaned, Files
from webapp.consultation.clock import SetClock
from webapp.consultation.contacts import Details
from webapp.consultation.mailing import Unreachable, post_due
from webapp.consultation.reading import notice_of
from webapp.consultation.receiving import receive
from webapp.consultation.tables import Contact, Mail
from webapp.journal import Wanted

ID, BY = "2026-003", Person("mao", "毛")
KEY = "a key that is long enough to be one 0123456789"
NAME, PHONE, EMAIL = "欧阳植物", "138 0013 8000 转 77", "planted.secret@example.org"
SECRETS = (NAME, PHONE, EMAIL)
WORDS = {"verdict": "adopted", "reason": "绿带加宽 5 米", "body": "规划建设局"}
ADDRESS = f"/desk/consultations/{ID}/contacts.csv"


@pytest.fixture
def office(desk, town, published, database_url):
    """A consultation whose second author left contact data, moderated and answered."""
    made = desk(
        published(town),
        database_url,
        contact_key=KEY,
        mail_server="127.0.0.1:1",
        mail_from="a@b.example",
        public_url="https://plan.example.org",
    )
    made.clock = SetClock(DURING)
    clocks.install(made.app, made.clock)
    with made.database.writing() as session:
        session.add(notice(projects=[]))
    made.receipts = [_received(made, number) for number in (1, 2)]
    with made.database.writing() as session:
        for receipt in made.receipts:
            moderation.moderate(session, receipt, "show", by=BY, clock=made.clock)
            deciding.decide(session, receipt=receipt, **WORDS, by=BY, clock=made.clock)
    made.clock.at = CLOSES
    return made


def _received(made, number):
    details = Details(NAME, PHONE, EMAIL) if number == 2 else None
    files = (Cleaned(photo(), "image/jpeg"),)
    with made.database.writing() as session:
        found = notice_of(session, ID)
        one = sent(number, contact=details, files=files)
        store = Files(made.settings.data)
        return receive(session, store, made.settings, found, one, at=DURING).receipt


def finalised(office):
    answer = post(office.client("moderator"), f"/desk/consultations/{ID}/report")
    assert answer.status_code == 303, answer.text


def test_those_who_may_take_it_and_the_log_tells(office):
    for role in (None, "reader", "planner"):
        answer = office.client(role).get(ADDRESS)
        assert answer.status_code in {401, 404}
        assert PHONE not in answer.text
    for role in ("moderator", "admin"):
        answer = office.client(role).get(ADDRESS)
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert rows[0] == ["编号", "回执", "姓名", "电话", "电子邮箱"]
        assert rows[1] == ["2", office.receipts[1], NAME, PHONE, EMAIL]
        assert rows[-1] == ["# 行数", "1"]
        assert answer.headers["Cache-Control"] == "no-store"
    with office.database.reading() as session:
        entries, _count, _left = journal.entries(session, Wanted(action="contact-exported"))
    assert [(one.actor, one.subject, one.words) for one in entries] == [
        ("admin", ID, {"count": 1}),
        ("moderator", ID, {"count": 1}),
    ]


def test_another_key_opens_nothing_and_leaves_no_entry(office):
    with office.database.writing() as session:
        session.scalars(select(Contact)).one().sealed = b"\x01" + b"x" * 300
    assert office.client("moderator").get(ADDRESS).status_code == 400
    with office.database.reading() as session:
        assert journal.entries(session, Wanted(action="contact-exported"))[1] == 0


def test_on_its_date_it_is_gone_and_the_chain_holds(office):
    finalised(office)
    days = office.settings.contact_days
    with office.database.writing() as session:
        almost = CLOSES + timedelta(days=days, seconds=-1)
        assert purging.purge(session, almost, days) == {}
    with office.database.writing() as session:
        assert purging.purge(session, CLOSES + timedelta(days=days), days) == {ID: 1}
    with office.database.writing() as session:
        assert purging.purge(session, CLOSES + timedelta(days=days), days) == {}
    with office.database.reading() as session:
        contact = session.scalars(select(Contact)).one()
        assert contact.sealed is None
        assert contact.purged_at == CLOSES + timedelta(days=days)
        assert session.scalars(select(Mail).where(Mail.next_at.is_not(None))).all() == []
        entries, count, _left = journal.entries(session, Wanted(action="contact-purged"))
        assert count == 1
        assert (entries[0].actor, entries[0].subject, entries[0].words) == (
            "system",
            ID,
            {"count": 1},
        )
        assert journal.verify(session).broken is None
        # The notice of this test was not published by the program.
        assert {one.table for one in registry.verify(session)} == {"notice"}
    rows = office.client("moderator").get(ADDRESS).data.decode("utf-8-sig").splitlines()
    assert rows[1:] == ["# 行数,0"]


def test_an_unanswered_notice_keeps_it(office):
    with office.database.writing() as session:
        assert purging.purge(session, CLOSES + timedelta(days=9999), 1) == {}


def test_a_withdrawn_notice_loses_it_too(office):
    with office.database.writing() as session:
        notice_of(session, ID).withdrawn_at = DURING
    with office.database.writing() as session:
        assert purging.purge(session, DURING + timedelta(days=180), 180) == {ID: 1}


def test_planted_contact_data_stands_nowhere(office, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    finalised(office)
    office.clock.forward(hours=1)

    def away(_message):
        raise Unreachable

    post_due(office.database, office.settings, away, office.clock)
    seen = {"log": caplog.text}
    reader, admin = office.client(), office.client("admin")
    for name in ("html", "csv", "pdf", "docx", "xlsx"):
        seen[name] = reader.get(f"/consultations/{ID}/report.{name}").data
        seen[f"desk {name}"] = admin.get(f"/desk/consultations/{ID}/report.{name}").data
    for address in ("/register", "/register.json", "/desk/log", "/desk/log.csv", "/desk"):
        seen[address] = admin.get(address).data
    seen["error"] = admin.get("/desk/consultations/2020-001/contacts.csv").data
    output = tmp_path / "backup.zip"
    backup.make(office.settings, office.database, output, lambda _size: None)
    archive = zipfile.ZipFile(output)
    seen["backup names"] = "\n".join(archive.namelist())
    for name in archive.namelist():
        seen[f"backup {name}"] = archive.read(name)
    with office.database.reading() as session:
        for table in ("journal", "opinion", "opinion_mail", "opinion_decision"):
            rows = session.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
            seen[table] = repr(rows)
    for path in office.settings.data.rglob("*"):
        if path.is_file():
            seen[str(path)] = path.read_bytes()
    for place, content in seen.items():
        found = content if isinstance(content, bytes) else content.encode()
        for secret in SECRETS:
            assert secret.encode() not in found, (place, secret)
            assert secret.encode("unicode_escape") not in found, (place, secret)


def test_a_backup_holds_the_files_and_gives_them_back_to_their_owner_alone(office, tmp_path):
    from webapp.settings import Settings

    output = tmp_path / "backup.zip"
    backup.make(office.settings, office.database, output, lambda _size: None)
    settings = Settings(data=tmp_path / "new", contact_key=KEY)
    backup.restore(output, settings, "test", lambda _size: None)

    def files(data):
        folder = data / "private" / "files"
        return {
            one.relative_to(data): one.read_bytes() for one in folder.rglob("*") if one.is_file()
        }

    assert files(settings.data) == files(office.settings.data) != {}
    for path in (settings.data / "private").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert (settings.data / "private").stat().st_mode & 0o777 == 0o700


def test_the_command_deletes_what_is_due(desk, town, published, monkeypatch, capsys):
    monkeypatch.setenv("HUITU_CONTACT_KEY", KEY)
    monkeypatch.delenv("HUITU_LANG", raising=False)
    made = desk(published(town), contact_key=KEY)
    with made.database.writing() as session:
        session.add(notice(projects=[]))
    _received(made, 2)
    assert said(capsys, "consultation", "purge", "--data", town) == (0, "没有到期的联系方式。\n")
    with made.database.writing() as session:
        notice_of(session, ID).answered_at = DURING - timedelta(days=300)
    code, told = said(capsys, "consultation", "purge", "--data", town)
    assert (code, told) == (0, f"{ID}：清除联系方式 1 条\n")
    code, told = said(capsys, "consultation", "list", "--data", town)
    assert code == 0
    assert f"{ID}\t已答复\t中央公园与欣惠路\t意见 1 条，未答复 1" in told
    path = town.parent / "r.csv"
    code, told = said(capsys, "consultation", "report", ID, "--data", town, "-o", path)
    assert code == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    code, _told = said(capsys, "consultation", "mail", "--data", town)
    assert code == 1


def said(capsys, *args):
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        cli.main([str(arg) for arg in args])
    return left.value.code, capsys.readouterr().out
