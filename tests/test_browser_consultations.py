"""The public pages of consultations in a real browser: the journey of a reader."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import expect

from layers.store import Store
from tests import announcing as notices
from tests import databases
from tests.browsing import READY, MapPage, told_problems
from tests.changed import change_parks, edit, publish_layer
from tests.conftest import copy_sources, publish_everything
from webapp.database import now, of
from webapp.settings import Settings

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LANGS = ("zh", "en")
HERE = "/consultations/2026-001"
PAGES = ("/consultations", HERE, f"{HERE}/opinions", f"{HERE}/card", "/consultations/2026-002")
SHAPES = "#compare[data-ready=true] .leaflet-compare-changed-pane path"


@pytest.fixture(scope="module")
def consulted(serve, tmp_path_factory):
    """A server of the sample with a second version of its parks, and two notices."""
    data = publish_everything(copy_sources(ROOT / "data", tmp_path_factory.mktemp("c") / "data"))
    edit(data, "parks", change_parks)
    after = publish_layer(data, "parks", "扩建公园")
    before = Store(data, software="test").publications("parks")[-1].version
    database = of(Settings(data=data), pooled=False)
    databases.ready(database)
    with database.writing() as session:
        _fill(session, [{"layer": "parks", "before": before, "after": after}])
    return serve(data)


def _fill(session, compared):
    opens = now() - timedelta(days=12)
    dates = {"published_at": opens, "opens_at": opens, "closes_at": opens + timedelta(days=31)}
    notices.notice(session, compared=compared, **dates)
    notices.hearing(session)
    notices.notice(session, "2026-002", title_zh="没有图的公示", map_override="", **dates)
    for number in range(1, 13):
        notices.opinion(session, number, "请保留香樟树", project="P01", stance="support")
    grouped = [notices.opinion(session, 13, "多种树"), notices.opinion(session, 14, "种些树")]
    notices.decide(
        session,
        group=notices.group(session, grouped),
        verdict="partly",
        layer="parks",
        version=compared[0]["after"],
    )
    notices.opinion(session, 15, notices.HOSTILE, project="R08")
    notices.opinion(session, 16, "秘密", show="insult")
    for number in range(17, 45):
        notices.opinion(session, number, f"第 {number} 条意见", project="R08")


def opened(visitors, server, path, lang="zh", **options):
    return visitors(server.url, **options).open(path if lang == "zh" else f"{path}?lang=en")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [1440, 375])
def test_the_pages_keep_nobody_out(visitors, consulted, lang, width):
    """No grave fault, and nothing wider than the window."""
    for path in PAGES:
        page = opened(visitors, consulted, path, lang, width=width, bypass_csp=True)
        if path == HERE:
            page.locator("#compare[data-ready=true]").wait_for()
        for more in page.locator("summary").all():
            more.click()
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("() => axe.run('html', { resultTypes: ['violations'] })")
        assert told_problems(found) == [], path
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= width, path
        page.context.close()


def test_a_reader_without_scripts_reads_everything(visitors, consulted):
    page = opened(visitors, consulted, "/consultations", java_script_enabled=False)
    page.get_by_role("link", name="惠山新城中央公园与欣惠路", exact=True).click()
    expect(page.locator(".consult-now__day strong")).to_have_text(re.compile(r"第 1\d / 3\d 日"))
    expect(page.locator(".sentence")).to_have_count(5)
    page.get_by_role("link", name="看大家的意见").click()
    expect(page.locator("li.said")).to_have_count(20)
    page.get_by_label("项目").select_option("P01")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator(".said-count")).to_have_text(re.compile("符合条件 12 份回执"))
    expect(page.locator("li.said")).to_have_count(1)
    page.get_by_role("link", name="清除").click()
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("#o-34")).to_be_visible()
    page.get_by_role("link", name="凭回执查询意见").wait_for()


def test_before_and_after_by_a_swipe_and_by_keys(visitors, consulted):
    page = opened(visitors, consulted, HERE)
    page.locator(SHAPES).first.wait_for(state="attached")
    section = page.locator("#compare")
    expect(section).to_have_attribute("data-mode", "swipe")
    swipe = page.locator("#swipe-at")
    swipe.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(swipe).to_have_value("60")
    page.get_by_text("并排", exact=True).click()
    expect(section).to_have_attribute("data-mode", "side")
    page.locator(".sentence").first.click()
    expect(page.locator(".sentence[aria-current]")).to_have_count(1)
    assert page.url.endswith(HERE), "the page keeps its address"


def test_from_an_answer_to_the_change_and_on(visitors, consulted):
    """Two clicks from an opinion that was answered to what it has changed."""
    page = opened(visitors, consulted, f"{HERE}/opinions")
    page.get_by_role("link", name="规划因此的修改").click()
    expect(page.locator("h1")).to_have_text(re.compile("版本比较"))
    expect(page.locator("#compare")).to_have_attribute("data-mode", "swipe")


def test_the_map_of_the_opinions_shows_what_they_are_about(visitors, consulted):
    page = opened(visitors, consulted, f"{HERE}/opinions?project=R08")
    page.locator("iframe.consult-map").scroll_into_view_if_needed()
    frame = page.frame_locator("iframe.consult-map")
    frame.locator(READY).wait_for()
    expect(frame.locator('path[data-id="R08"]').first).to_be_attached()
    expect(frame.locator('path[data-id="P01"]')).to_have_count(0)


def test_the_maps_card_says_that_a_project_is_under_consultation(visitors, consulted):
    reader = visitors(consulted.url)
    opened_map = MapPage(reader.open("/?selected=R08"))
    opened_map.page.locator("#card .card__notice a").first.wait_for()
    opened_map.page.locator("#card .card__notice a").first.click()
    opened_map.page.wait_for_url(re.compile(re.escape("/consultations/2026-00")))


def test_on_paper_stand_the_words_and_no_tools(visitors, consulted):
    page = opened(visitors, consulted, f"{HERE}/opinions")
    page.emulate_media(media="print")
    for hidden in (".filters", "iframe", ".pages", ".nav"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".said__text").first).to_be_visible()
    paper = page.pdf()
    with pikepdf.open(io.BytesIO(paper)) as read:
        assert len(read.pages) <= 6
