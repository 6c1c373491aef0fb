"""Giving an opinion in a browser: on a telephone, by keys, without scripts or a connection."""

from datetime import timedelta

import pytest

from tests import databases
from tests.changed import change_gardens, edit, publish_layer
from tests.consulting import notice, photo
from tests.test_browser_access import AXE, faults
from webapp.consultation.reading import voices
from webapp.consultation.tables import Decision, Moderation
from webapp.database import now, of
from webapp.settings import Settings

pytestmark = pytest.mark.browser

FORM = "/consultations/2026-003/opinion"
WORDS = "多种树，少修路。\n\u202e反过来\u202c 👩‍👩‍👧‍👦"
READY = 'body[data-ready="true"]'


class Site:
    """A server with an open notice on the town's gardens."""

    def __init__(self, url, data):
        self.url, self.data = url, data
        self.database = of(Settings(data=data))
        databases.ready(self.database)
        at = now()
        with self.database.writing() as session:
            session.add(
                notice(
                    published_at=at - timedelta(days=4),
                    opens_at=at - timedelta(days=3),
                    closes_at=at + timedelta(days=20),
                    projects=["G01", "G02"],
                    review_number="苏S(2026)012号",
                )
            )

    def opinions(self):
        with self.database.reading() as session:
            return [one.opinion for one in voices(session, "2026-003")]

    def add(self, row):
        with self.database.writing() as session:
            session.add(row)


@pytest.fixture
def site(serve, published, town):
    folder = published(town)
    server = serve(folder)
    made = Site(server.url, folder)
    yield made
    made.database.dispose()


def press_until(page, button, wanted):
    """Press as a person would who is told that they were too fast."""
    for _ in range(60):
        button().click()
        page.wait_for_selector(f"{wanted}, #wrong, #proof")
        if page.locator(wanted).count():
            return
    raise AssertionError("no way on")


def preview(page):
    press_until(page, lambda: page.locator('button[value="preview"]'), "#send")


def wanted_errors(visitor):
    """Refusals that a test asked for are told by the browser too."""
    said = visitor.wanted_complaints()
    assert all("status of 4" in one or "ERR_" in one for one in said), said


def test_the_whole_way_on_a_telephone(site, visitors):
    axe = AXE.read_text("utf-8")
    visitor = visitors(site.url, width=375, height=740)
    page = visitor.open(f"{FORM}?project=G01")
    page.wait_for_selector(READY)
    seen = []

    def look():
        assert faults(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        seen.append(page.url)

    look()
    page.fill("#words", "x" * 2001)
    assert "多了 1 个" in page.locator("#words-count").text_content()
    preview_button = page.locator('button[value="preview"]')
    press_until(page, lambda: preview_button, "#wrong a[href='#words']")
    look()
    assert page.evaluate("document.activeElement.id") == "wrong"
    page.fill("#words", WORDS)
    page.check("text=反对")
    page.check("text=绿地与公园")
    page.set_input_files(
        "#files", [{"name": "路口.jpg", "mimeType": "image/jpeg", "buffer": photo()}]
    )
    preview(page)
    look()
    assert page.locator(".words").text_content() == WORDS
    page.click('button[value="edit"]')
    page.wait_for_selector(READY)
    assert page.locator("#words").input_value() == WORDS
    assert page.locator(".staged__name").text_content() == "路口.jpg"
    preview(page)
    page.dblclick("#send")
    page.wait_for_url("**/slip")
    page.wait_for_selector(READY)
    look()
    assert "草稿已清除" in page.locator("#draft-cleared").text_content()
    [opinion] = site.opinions()
    assert (opinion.words, opinion.stance, opinion.project) == (WORDS, "oppose", "G01")
    decide(site, opinion)
    page.click("text=查看办理情况")
    page.wait_for_url("**/receipts/*")
    look()
    assert page.locator("p.words").last.text_content() == WORDS
    page.click("text=看改变前后的地图")
    page.wait_for_url("**/layers/gardens/compare?*mode=swipe*")
    page.goto(f"{site.url}/receipts")
    page.fill("#receipt", opinion.receipt.lower().replace("-", " "))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/receipts/{opinion.receipt}")
    wanted_errors(visitor)


def decide(site, opinion):
    edit(site.data, "gardens", change_gardens)
    version = publish_layer(site.data, "gardens")
    site.add(Moderation(opinion_id=opinion.id, number=1, verdict="show", by="mo", at=now()))
    told = {"verdict": "adopted", "reason": "确有必要", "body": "规划处", "by": "mo", "at": now()}
    change = {"layer": "gardens", "version": version, "projects": ["G01"]}
    site.add(Decision(notice_id="2026-003", opinion_id=opinion.id, **told, **change))


def test_by_keys_alone(site, visitors):
    visitor = visitors(site.url)
    page = visitor.open(FORM)
    page.wait_for_selector(READY)
    page.focus("#project")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Trees")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(60):
        focused = "document.activeElement.value"
        while page.evaluate(focused) != "preview":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#send, #wrong")
        if page.locator("#send").count():
            break
    while page.evaluate("document.activeElement.id") != "send":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/slip")
    [opinion] = site.opinions()
    assert (opinion.words, opinion.stance) == ("Trees", "support")
    assert (opinion.project, opinion.topics) == ("G01", ["green"])
    wanted_errors(visitor)


def test_a_draft_outlives_a_lost_connection_and_a_second_sending_is_the_same(site, visitors):
    visitor = visitors(site.url)
    page = visitor.open(FORM)
    page.wait_for_selector(READY)
    page.fill("#words", WORDS)
    preview(page)
    # It arrives, and the answer is lost on its way.
    page.route(f"**{FORM}", lost_answer)
    page.click("#send", no_wait_after=True)
    page.wait_for_event("requestfailed")
    page.unroute(f"**{FORM}")
    assert len(site.opinions()) == 1
    page.goto(f"{site.url}{FORM}")
    page.wait_for_selector(READY)
    assert "不会重复登记" in page.locator("#draft-words").text_content()
    assert page.locator("#words").input_value() == WORDS
    page.locator('button[value="preview"]').click()
    page.wait_for_url("**/slip")
    page.wait_for_selector(READY)
    assert "草稿已清除" in page.locator("#draft-cleared").text_content()
    assert len(site.opinions()) == 1
    assert site.opinions()[0].receipt in page.url
    wanted_errors(visitor)


def lost_answer(route):
    route.fetch(max_redirects=0)
    route.abort("connectionreset")


def test_without_a_network_the_words_stay_and_nothing_is_sent(site, visitors):
    visitor = visitors(site.url)
    page = visitor.open(FORM)
    page.wait_for_selector(READY)
    page.fill("#words", WORDS)
    visitor.context.set_offline(True)
    page.locator('button[value="preview"]').click()
    assert "网络断了" in page.locator("#offline").text_content()
    visitor.context.set_offline(False)
    page.reload()
    page.wait_for_selector(READY)
    assert page.locator("#words").input_value() == WORDS
    page.click("#draft-clear")
    assert page.locator("#words").input_value() == ""
    page.reload()
    page.wait_for_selector(READY)
    assert page.locator("#draft").is_hidden()


def test_without_scripts(site, visitors):
    visitor = visitors(site.url, java_script_enabled=False)
    page = visitor.open(FORM)
    page.fill("#words", WORDS)
    preview(page)
    page.click("#send")
    page.wait_for_url("**/slip")
    assert site.opinions()[0].words == WORDS
    wanted_errors(visitor)


def test_under_attack_the_device_works_and_sends_by_itself(site, visitors):
    """Over plain http from another machine browsers hash nothing by themselves."""
    visitor = visitors(site.url)
    for number in range(11):
        page = visitor.open(FORM)
        page.wait_for_selector(READY)
        page.fill("#words", f"{number}")
        preview(page)
        page.click("#send")
        page.wait_for_url("**/slip")
        page.close()
    assert len(site.opinions()) == 11
    said = visitor.wanted_complaints()
    assert any("status of 429" in one for one in said)
    assert all("status of 4" in one for one in said)


def test_a_project_is_chosen_on_the_map_of_the_notice(site, visitors):
    page = visitors(site.url).open("/consultations/2026-003")
    page.locator("iframe.consult-map").scroll_into_view_if_needed()
    frame = page.frame_locator("iframe.consult-map")
    frame.locator(READY).wait_for()
    frame.locator('path[data-pick="G01"]').first.click(force=True)
    link = page.locator("#picked a")
    link.wait_for()
    assert "G01" in link.text_content()
    link.click()
    page.wait_for_url(f"**{FORM}?project=G01")
    assert page.locator("#project").input_value() == "G01"
