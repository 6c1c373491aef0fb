"""The pages of the report: finalised when all is answered, then public, equal everywhere."""

import re

import pytest
from sqlalchemy import select

from tests import answered
from tests.answered import LATER, NOTICE
from tests.desk import post
from webapp import clocks, journal
from webapp.consultation import reading, report
from webapp.consultation.clock import SetClock
from webapp.consultation.tables import Decision, Moderation, Opinion
from webapp.journal import Wanted

DESK = f"/desk/consultations/{NOTICE}/report"
PUBLIC = f"/consultations/{NOTICE}/report"


@pytest.fixture
def office(desk, database_url):
    """The desk of the sample with the answered consultation, on each database."""
    made = desk(database_url=database_url)
    clocks.install(made.app, SetClock(LATER))
    with made.database.writing() as session:
        answered.fill(session, opinions=25)
    return made


def forget(office, numbers, table=Decision):
    """Take away what was decided on some opinions."""
    with office.database.writing() as session:
        for row in session.scalars(select(table).where(table.opinion_id.in_(numbers))):
            session.delete(row)


def test_a_report_is_public_only_when_it_is_final(office):
    reader, moderator = office.client(), office.client("moderator")
    for name in ("html", "pdf", "docx", "xlsx", "csv"):
        assert reader.get(f"{PUBLIC}.{name}").status_code == 404
    assert post(moderator, DESK).status_code == 303
    for name in ("html", "pdf", "docx", "xlsx", "csv"):
        answer = reader.get(f"{PUBLIC}.{name}")
        assert answer.status_code == 200, name
        assert answer.get_data() == reader.get(f"{PUBLIC}.{name}").get_data()
    assert reader.get(f"{PUBLIC}.exe").status_code == 404
    disposition = reader.get(f"{PUBLIC}.pdf").headers["Content-Disposition"]
    assert disposition == f'attachment; filename="consultation-{NOTICE}-report.pdf"'


def test_finalising_sets_the_moment_keeps_the_hash_and_is_logged(office):
    moderator = office.client("moderator")
    post(moderator, DESK)
    with office.database.reading() as session:
        notice = reading.notice_of(session, NOTICE)
        (entry,), _count, _left = journal.entries(session, Wanted(action="report-finalised"))
    assert notice.answered_at == LATER
    assert (entry.actor, entry.subject) == ("moderator", NOTICE)
    assert re.fullmatch(r"[0-9a-f]{64}", entry.words["inputs"])
    assert entry.words["opinions"] == 25
    assert entry.words["inputs"] in office.client().get(f"{PUBLIC}.html").text


def test_missing_answers_hold_it_up_each_with_a_link(office, gate):
    forget(office, [1, 2, 3])
    forget(office, [3], Moderation)
    moderator = office.client("moderator")
    page = gate(office.app, moderator).open(DESK)
    assert "还有 3 条未答复" in page.text
    assert "还有 1 条未审核" in page.text
    with office.database.reading() as session:
        receipts = session.scalars(select(Opinion.receipt).where(Opinion.number <= 3)).all()
    links = {one.get("href") for one in page.all("a")}
    assert {f"/desk/opinions/{receipt}" for receipt in receipts} <= links
    assert "定稿" not in page.texts("button")
    answer = post(moderator, DESK)
    assert answer.status_code == 400
    assert office.client().get(f"{PUBLIC}.html").status_code == 404


def test_an_open_notice_is_not_finalised(office, gate):
    clocks.install(office.app, SetClock(answered.CLOSES - answered.HOUR))
    moderator = office.client("moderator")
    page = gate(office.app, moderator).open(DESK)
    assert "“即将截止”，还不能定稿" in page.text
    assert post(moderator, DESK).status_code == 400


def test_a_second_time_it_is_finalised_only_when_something_changed(office, gate):
    moderator = office.client("moderator")
    post(moderator, DESK)
    assert post(moderator, DESK).status_code == 400
    with office.database.writing() as session:
        session.add(
            Decision(
                notice_id=NOTICE,
                opinion_id=1,
                verdict="rejected",
                reason="再议",
                body="规划建设局",
                projects=[],
                by="planner",
                at=LATER,
            )
        )
    assert "又有新的答复" in gate(office.app).open(f"{PUBLIC}.html").text
    assert post(moderator, DESK).status_code == 303
    page = gate(office.app).open(f"{PUBLIC}.html")
    assert "又有新的答复" not in page.text
    assert "第 2 次" in page.text
    assert "有 1 条答复后来由新的答复取代" in page.text


def test_who_may_do_what(office):
    for role in ("planner", "moderator", "admin"):
        client = office.client(role)
        assert "定稿</button>" in client.get(DESK).text
        assert client.get(f"{DESK}.csv").status_code == 200
    assert office.client().get(DESK).status_code == 303
    reader = office.client("reader")
    assert reader.get(DESK).status_code == reader.get(f"{DESK}.csv").status_code == 404


def test_the_page_has_every_table_of_the_report_and_the_words_as_they_are(office, gate):
    with office.database.writing() as session:
        session.get(Opinion, 1).words = answered.HOSTILE[2]
        session.get(Opinion, 2).words = answered.HOSTILE[3]
    post(office.client("moderator"), DESK)
    page = gate(office.app).open(f"{PUBLIC}.html")
    with office.database.reading() as session:
        plan = office.app.extensions["huitu.plans"].current()
        found = report.gather(session, plan, NOTICE, LATER)
    grids = [one for one in report.compose(found).blocks if hasattr(one, "rows")]
    tables = page.all("table")
    assert len(tables) == len(grids)
    for grid, table in zip(grids, tables, strict=True):
        rows = ["".join("".join(cell.itertext()) for cell in row) for row in table.find("tbody")]
        assert rows == ["".join(row) for row in grid.rows]
    cells = ["".join(one.itertext()) for one in page.all("bdi")]
    assert any(answered.HOSTILE[2] in one for one in cells)
    assert any(answered.HOSTILE[3] in one for one in cells)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_languages_pass_the_gate(office, gate, lang):
    post(office.client("moderator"), DESK)
    suffix = "?lang=en" if lang == "en" else ""
    page = gate(office.app).open(f"{PUBLIC}.html{suffix}", lang=lang)
    assert ("Every opinion" in page.text) == (lang == "en")
    gate(office.app, office.client("planner")).open(f"{DESK}{suffix}", lang=lang)


def test_an_unknown_notice_is_not_found(office):
    moderator = office.client("moderator")
    assert moderator.get("/desk/consultations/2020-001/report").status_code == 404
    assert office.client().get("/consultations/2020-001/report.html").status_code == 404
