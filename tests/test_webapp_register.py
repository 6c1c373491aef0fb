"""The page of the register: the head of each day, for everybody, and nothing of anybody."""

import pytest

from webapp import journal
from webapp.journal.heads import FILE


@pytest.fixture
def office(desk, town, published):
    """A deployment with entries and heads of three days."""
    made = desk(published(town))
    with made.database.writing() as session:
        journal.append(session, "sign-in", actor="secret-name", subject="x")
    with made.database.reading() as session:
        journal.note(session, town)
        number, head = journal.head(session)
    lines = [
        f"2026-03-01T01:00:00+00:00 0 {'0' * 64}",
        f"2026-03-01T03:00:00+00:00 {number} {head}",
        # 16:00 UTC is the next day in the zone.
        f"2026-03-01T17:00:00+00:00 {number} {head}",
    ]
    (town / FILE).write_text("\n".join(lines) + "\n" + (town / FILE).read_text())
    made.head = head
    return made


def test_the_last_head_of_each_day_stands_there(office, gate):
    page = gate(office.app).open("/register")
    assert "全部在链上" in page.text
    rows = page.all("tr")[1:]
    assert len(rows) == 3
    assert page.texts("code", class_="register__hash") == [office.head] * 3
    assert "secret-name" not in page.html
    gate(office.app).open("/register?lang=en", lang="en")


def test_programs_get_the_same(office):
    told = office.app.test_client().get("/register.json").get_json()
    assert told["holds"] is True
    assert [one["day"] for one in told["heads"]][1:] == ["2026-03-02", "2026-03-01"]
    assert {one["hash"] for one in told["heads"]} == {office.head}


def test_a_rewritten_log_is_told_to_everybody(office, town, gate):
    with (town / FILE).open("a") as handle:
        handle.write(f"2026-03-03T01:00:00+00:00 1 {'f' * 64}\n")
    page = gate(office.app).open("/register")
    assert "留痕被改动或重写过" in page.text
    assert office.app.test_client().get("/register.json").get_json()["holds"] is False


def test_every_page_leads_to_it(office, gate):
    page = gate(office.app).open("/projects")
    assert "/register" in {one.get("href") for one in page.all("a")}
