"""One consultation of the sample, played in a browser from its set-up to its report.

惠山新城中央公园 and 欣惠路, 30 days, 300 opinions of every channel, ten of them hostile, one
change of the plan. The server runs in this process with a clock that is set: 30 days pass at once.
"""

import io
import re
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import openpyxl
import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from layers.catalog import Catalog
from layers.store import Store
from tests.desk import Desk, choose_projects, signed_in
from tests.test_browser_access import AXE, faults
from webapp import clocks, demo, journal
from webapp.consultation import reading, registry
from webapp.consultation.clock import SetClock
from webapp.database import now
from webapp.demo import park
from webapp.demo.playing import PLANNER, Line
from webapp.demo.themes import HOSTILE, THEMES
from webapp.publishing import Deployment

pytestmark = pytest.mark.browser

NOTICE = "惠山新城中央公园改造与欣惠路扩建规划草案"
RESIDENT = "公园东边的空地请也种上树，<b>谢谢</b> {{7*7}}"
LETTER = "书面来信：欣惠路的非机动车道请与机动车道隔开。"
HOME = re.compile(r"/desk/consultations/(\d{4}-\d{3})$")
FILLED = {
    "title_zh": NOTICE,
    "plain_zh": "改造**中央公园**，扩建**欣惠路**。",
    "organiser": "规划建设部门",
    "decider": "区人民政府",
    "address": "文惠路 16 号",
    "contact": "0510-00000000",
    "review_number": "苏S(2026)012号",
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory, sample):
    """The published sample served by this process, an account of each role, a clock to set."""
    left = shutil.ignore_patterns("jobs", "private", "*.sqlite*", "log-heads.txt", ".*.lock")
    zone = Path(shutil.copytree(sample, tmp_path_factory.mktemp("played") / "zone", ignore=left))
    desk = Desk(zone)
    clock = SetClock(now())
    clocks.install(desk.app, clock)
    server = make_server("127.0.0.1", 0, desk.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield SimpleNamespace(
        desk=desk, clock=clock, zone=zone, url=f"http://127.0.0.1:{server.server_port}"
    )
    server.shutdown()
    thread.join()
    server.server_close()
    desk.close()


def voices(stage, notice_id):
    with stage.desk.database.reading() as session:
        return reading.voices(session, notice_id)


def set_up(stage, page):
    """A planner announces the notice; its id."""
    page.goto(f"{stage.url}/desk/consultations/new")
    for name, words in FILLED.items():
        page.fill(f"#{name}", words)
    choose_projects(page, "P01", "R02", "P05")
    page.click(".notice-form__end .button--main")
    page.wait_for_selector(".stage--draft")
    found = HOME.search(page.url)
    assert found
    page.click('main a[href$="/publish"]')
    page.click("form .button--main")
    page.wait_for_selector(".stage--open")
    return found[1]


def give(stage, visitors, notice_id, words):
    """A resident sends an opinion from a telephone; the receipt."""
    visitor = visitors(stage.url, width=375)
    page = visitor.open(f"/consultations/{notice_id}")
    page.click('main a[href*="/opinion"]:not([href*="opinions"])')
    page.select_option("#project", "P01")
    page.fill("#words", words)
    page.check('input[name="stance"][value="support"]')
    stage.clock.forward(seconds=30)
    page.click('button[value="preview"], .opinion .button--main')
    page.click("#send")
    page.wait_for_url("**/receipts/**")
    found = re.search(r"/receipts/([A-Z0-9-]+)", page.url)
    assert found
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    return found[1]


def test_a_consultation_from_its_set_up_to_its_report(stage, visitors):
    desk, clock = stage.desk, stage.clock
    axe = AXE.read_text("utf-8")
    _planner, page = signed_in(visitors, stage.url, "planner")
    notice_id = set_up(stage, page)

    # Residents write: one in a browser, one on paper, the rest by the rules themselves.
    receipt = give(stage, visitors, notice_id, RESIDENT)
    actors = demo.Stage(desk.settings, Deployment.open(stage.zone), desk.database)
    lines = demo.arriving()
    harmless = [line for line in lines if line.theme is not None]
    hostile = [line for line in lines if line.theme is None]
    heard = [*harmless[:288], *hostile]
    receipts = actors.hear(notice_id, heard, clock.now() + timedelta(days=29), moderated=0)
    clock.forward(days=29)
    _moderator, staff = signed_in(visitors, stage.url, "moderator")
    staff.goto(f"{stage.url}/desk/consultations/{notice_id}/enter")
    staff.check('input[name="channel"][value="paper"]')
    staff.fill("#words", LETTER)
    staff.select_option("#project", "R02")
    staff.click("form.entry .button--main")
    expect(staff.locator("main")).to_contain_text("HS-")
    assert len(voices(stage, notice_id)) == 300

    # The moderator decides what is shown; the first in the browser, the others alike.
    staff.goto(f"{stage.url}/desk/consultations/{notice_id}/queue")
    assert faults(staff, axe) == []
    expect(staff.locator("#public")).to_have_text(RESIDENT)
    staff.click("button[value=show].button--main")
    staff.wait_for_url("**/queue?done=*")
    by_words = {line.words: line for line in heard}
    for voice in voices(stage, notice_id):
        if voice.moderation is None:
            line = by_words.get(voice.opinion.words, Line(voice.opinion.words))
            actors.moderate(voice.opinion.receipt, line, clock)

    # 30 days are over: a friendly word, and nothing that was written is lost.
    resident = visitors(stage.url, width=375)
    late = resident.open(f"/consultations/{notice_id}/opinion")
    late.fill("#words", "来晚了的意见")
    clock.forward(days=3)
    late.click('button[value="preview"], .opinion .button--main')
    expect(late.locator("main")).to_contain_text("文惠路 16 号")
    expect(late.locator("#words")).to_have_value("来晚了的意见")
    assert len(voices(stage, notice_id)) == 300
    assert any("409" in one for one in resident.wanted_complaints())

    # The plan changes, and every opinion but one is answered.
    with desk.database.writing() as session:
        catalog, store = Catalog.read(stage.zone), Store(stage.zone, software="test")
        version = park.grow(session, catalog, store, by=PLANNER).id
    answered = list(zip(heard, receipts, strict=True))
    actors.decide(notice_id, answered, version, clock)
    page.goto(f"{stage.url}/desk/consultations/{notice_id}/report")
    expect(page.locator("main")).to_contain_text("还有 2 条未答复")
    letter = next(v for v in voices(stage, notice_id) if v.opinion.words == LETTER)
    for one, verdict in ((receipt, "adopted"), (letter.opinion.receipt, "partly")):
        page.click(f'main a[href$="/desk/opinions/{one}"]')
        page.check(f"input[value={verdict}]")
        page.fill("#reason", "绿带加宽，见公园图层的新版本。")
        if verdict == "adopted":
            page.check(f'input[name="change"][value="{park.LAYER}/{version}"]')
        page.click("button[value=decide]")
        page.wait_for_load_state()
        page.goto(f"{stage.url}/desk/consultations/{notice_id}/report")
    page.click("form .button--main")
    expect(page.locator("main")).to_contain_text("第 1 次定稿")

    # The same 300 on the page, in the register and in every file of the report.
    with desk.database.reading() as session:
        counted = reading.tally(reading.voices(session, notice_id))
        assert registry.verify(session) == []
        assert journal.verify(session).broken is None
    assert counted.receipts == 300
    assert counted.by_verdict[None] == 0
    assert set(counted.by_channel) == {"web", "paper", "meeting", "phone"}
    reader = visitors(stage.url)
    public = reader.json(f"/consultations/{notice_id}/opinions.json")
    assert public["counts"]["receipts"] == 300
    files = {
        ending: reader.context.request.get(
            f"{stage.url}/consultations/{notice_id}/report.{ending}"
        ).body()
        for ending in ("pdf", "docx", "xlsx", "csv")
    }
    assert files["pdf"].startswith(b"%PDF")
    assert zipfile.ZipFile(io.BytesIO(files["docx"])).testzip() is None
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]), read_only=True)
    rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    assert sum(RESIDENT in row for row in rows) == 1
    assert files["csv"].decode("utf-8-sig").count(RESIDENT) == 1
    shown = [words for words, code in HOSTILE if not code and "138" not in words]
    assert all(any(str(cell).endswith(words) for row in rows for cell in row) for words in shown)

    # From the receipt to the change in two clicks, and from the change back to the receipts.
    status = reader.open(f"/receipts/{receipt}")
    expect(status.locator("main")).to_contain_text("采纳")
    expect(status.locator("main")).to_contain_text("+4,200 ㎡")
    expect(status.locator("main")).to_contain_text(RESIDENT)
    status.get_by_role("link", name="看改变前后的地图").click()
    status.wait_for_url("**/compare**")
    expect(status.locator("main")).to_contain_text(f"{THEMES[0].count - 1} ")
    assert faults(reader.open(f"/consultations/{notice_id}"), axe) == []
