"""By its receipt: typed in any manner, what became of an opinion, and the change of the plan."""

from datetime import timedelta

import pytest

from tests.changed import change_gardens, edit, publish_layer
from tests.conftest import copy_sources
from tests.consulting import CLOSES, DURING, notice, sent
from tests.desk import Desk
from webapp import clocks
from webapp.consultation import receipts
from webapp.consultation.attachments import Files
from webapp.consultation.clock import SetClock
from webapp.consultation.reading import notice_of
from webapp.consultation.receiving import receive
from webapp.consultation.tables import Decision, Group, Moderation, Opinion

LATER = CLOSES + timedelta(days=5)


class Office:
    """An application with three opinions on a notice, and what the staff may do with them."""

    def __init__(self, data):
        self.desk = Desk(data, f"sqlite:///{data / 'receipts.sqlite'}", add=False)
        clocks.install(self.desk.app, SetClock(LATER))
        self.client = self.desk.app.test_client()
        files = Files(self.desk.settings.data)
        with self.desk.database.writing() as session:
            session.add(notice())
            session.flush()
            wanted = notice_of(session, "2026-003")
            self.receipts = [
                receive(session, files, self.desk.settings, wanted, sent(number), at=DURING).receipt
                for number in range(1, 4)
            ]

    def add(self, table, **values):
        with self.desk.database.writing() as session:
            session.add(table(by="mo", at=LATER, **values))

    def moderate(self, opinion_id=1, number=1, **values):
        self.add(Moderation, opinion_id=opinion_id, number=number, **values)

    def decide(self, **values):
        told = {"verdict": "adopted", "reason": "确有必要", "body": "规划处"}
        self.add(Decision, **{"notice_id": "2026-003", **told, **values})

    def text(self, number=1, lang="zh"):
        return self.client.get(f"/receipts/{self.receipts[number - 1]}?lang={lang}").text

    def json(self, number=1):
        return self.client.get(f"/receipts/{self.receipts[number - 1]}/status.json").json


@pytest.fixture
def office(sample, tmp_path):
    data = copy_sources(sample, tmp_path / "data")
    (data / "published").symlink_to(sample / "published")
    made = Office(data)
    yield made
    made.desk.close()


# ---------------------------------------------------------------- looking up


def test_a_receipt_is_typed_in_any_manner(office):
    receipt = office.receipts[0]
    for typed in (receipt, f"  {receipt.lower()} ", receipt.replace("-", "—"), receipt[:3] + "\t"):
        answer = office.client.post("/receipts", data={"receipt": typed})
        if typed.endswith("\t"):
            assert answer.status_code == 400
        else:
            assert (answer.status_code, answer.location) == (303, f"/receipts/{receipt}")


def test_a_wrong_character_is_told_kindly_and_what_was_typed_stays(office):
    receipt = office.receipts[0]
    wrong = receipt[:-1] + next(one for one in receipts.ALPHABET if one != receipt[-1])
    answer = office.client.post("/receipts", data={"receipt": wrong})
    assert answer.status_code == 400
    assert "有字符不对" in answer.text
    assert f'value="{wrong}"' in answer.text
    assert "HS-2026-014-7F3K9-2QXM" in answer.text


def test_a_receipt_that_nobody_has_is_not_there(office, gate):
    unknown = receipts.make("HS", "2026-003")
    page = gate(office.desk.app).open(f"/receipts/{unknown}", status=404)
    assert "没有查到这个回执" in page.text
    assert office.client.get(f"/receipts/{unknown}/slip").status_code == 404
    told = office.client.get(f"/receipts/{unknown}/status.json")
    assert (told.status_code, told.json["error"]["code"]) == (404, "not-found")
    assert office.client.get(f"/receipts/{unknown}/files/1").status_code == 404


def test_whoever_tries_many_receipts_is_told_to_wait_even_with_a_right_one(office):
    for _ in range(20):
        assert office.client.get("/receipts/HS-2026-003-00000-00001").status_code == 400
    answer = office.client.get(f"/receipts/{office.receipts[0]}")
    assert answer.status_code == 429
    assert "多种" not in answer.text


def test_a_receipt_stands_in_no_log_of_an_error(office, caplog):
    def fail(*_arguments, **_more):
        raise RuntimeError("anything")

    office.desk.app.view_functions["receipts.page"] = fail
    assert office.client.get(f"/receipts/{office.receipts[0]}").status_code == 500
    assert office.receipts[0] not in caplog.records[0].getMessage()


# ---------------------------------------------------------------- standing


def test_one_that_waits(office):
    assert "等待审核" in office.text()
    assert office.json()["standing"] == "pending"
    assert office.json()["decision"] is None


def test_one_that_is_shown_with_a_mask(office):
    office.moderate(verdict="show", masks=[[0, 2]])
    text = office.text()
    assert "已在意见页公开" in text
    assert "■■ 1 棵树。" in text
    assert "多种 1 棵树。" in text


def test_one_that_is_withheld_says_why_and_shows_the_words_to_their_author(office):
    office.moderate(verdict="withhold", code="insult")
    assert "侮辱、诽谤" in office.text()
    assert "Insult or slander" in office.text(lang="en")
    assert "多种 1 棵树。" in office.text()
    assert office.json()["withheld_for"] == "insult"


def test_the_last_moderation_holds(office):
    office.moderate(verdict="withhold", code="insult")
    office.moderate(verdict="show", number=2)
    assert "侮辱" not in office.text()


def test_grouped_with_others_and_decided_together(office):
    office.add(Group, id=1, notice_id="2026-003", title="种树")
    with office.desk.database.writing() as session:
        for number in (1, 2, 3):
            session.get(Opinion, number).group_id = 1
    office.decide(group_id=1)
    assert "与另外 2 份" in office.text(2)
    assert office.json(2)["others_in_group"] == 2
    assert office.json(3)["decision"]["verdict"] == "adopted"
    assert "确有必要" in office.text(3)
    assert "规划处" in office.text(3)


def test_second_thoughts_take_the_place_of_the_first(office):
    office.decide(opinion_id=1, verdict="rejected", reason="第一次")
    office.decide(opinion_id=1, verdict="partly", reason="第二次")
    assert "第二次" in office.text()
    assert "第一次" not in office.text()


# ---------------------------------------------------------------- the change of the plan


@pytest.fixture
def changed(town, published):
    """The office of the town, whose first garden has grown because of an opinion."""
    made = Office(published(town))
    edit(town, "gardens", change_gardens)
    made.version = publish_layer(town, "gardens")
    made.decide(opinion_id=1, projects=["G01"], layer="gardens", version=made.version)
    yield made
    made.desk.close()


def test_the_change_stands_with_its_figure_and_leads_to_the_map(changed, gate):
    page = gate(changed.desk.app, changed.client).open(f"/receipts/{changed.receipts[0]}")
    assert "规划因此改变" in page.text
    assert changed.version in page.text
    [change] = page.texts("ul", class_="led__list")
    assert "+" in change
    assert "公顷" in change
    link = next(a for a in page.all("a") if "/layers/gardens/compare" in (a.get("href") or ""))
    assert "mode=swipe" in link.get("href")
    assert changed.client.get(link.get("href")).status_code == 200
    before, after = (frame.get("src") for frame in page.all("iframe"))
    assert "versions=gardens" in before
    assert "versions" not in after
    for address in (before, after):
        assert changed.client.get(address).status_code == 200


def test_a_decision_on_no_feature_that_changed_tells_all_changes(changed):
    changed.decide(opinion_id=2, layer="gardens", version=changed.version)
    assert changed.text(2).count("led__said") == 3
    assert "{{ 7*7 }}" in changed.text(2)
    assert "<b>枣园" not in changed.text(2)


def test_a_version_that_is_not_known_here_is_named_without_a_link(office):
    office.decide(opinion_id=1, layer="parks", version="0" * 12)
    assert "000000000000" in office.text()
    assert "无法对比" in office.text()
