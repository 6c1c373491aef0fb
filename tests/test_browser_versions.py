"""Two versions compared in a real browser: swipe, side by side, keys, address, phone, paper."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from layers.store import Store
from tests.browsing import READY, MapPage, told_problems
from tests.changed import change_parks, edit, publish_layer
from tests.conftest import ROOT, copy_sources

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
COMPARE = "/layers/parks/compare"
PLACES = """() => ["before", "after"].map((side) => {
  const { x, y, width, height } = document.getElementById(`map-${side}`).getBoundingClientRect();
  return { x, y, width, height };
})"""
#: Middle of what is drawn on a map, in the coordinates of its own window.
DRAWN = """(side) => document.querySelectorAll(
  `#map-${side} .leaflet-compare-changed-pane path`).length"""


@pytest.fixture(scope="module")
def versions(serve, published, tmp_path_factory):
    """A server of the sample with two versions of its parks, and the older id."""
    folder = published(copy_sources(ROOT / "data", tmp_path_factory.mktemp("d") / "data"))
    older = Store(folder, software="test").current("parks").id
    edit(folder, "parks", change_parks)
    newer = publish_layer(folder, "parks", "第二版")
    return serve(folder), older, newer


@pytest.fixture
def look(visitors, versions):
    """Open the comparison in a new visit; wait until the maps stand."""

    def open_(query="", **options):
        page = visitors(versions[0].url, **options).open(f"{COMPARE}{query}")
        if options.get("java_script_enabled", True):
            page.wait_for_selector("#compare[data-ready]")
        return page

    return open_


def given(page):
    return {name: one[0] for name, one in parse_qs(urlsplit(page.url).query).items()}


def test_the_address_keeps_both_versions_the_mode_and_the_swipe(look, versions):
    page = look()
    page.locator(".mode", has_text="卷帘").click()
    page.locator("#swipe-at").fill("30")
    page.wait_for_url("**mode=swipe&at=30**")
    assert (given(page)["from"], given(page)["to"]) == versions[1:]
    page.reload()
    page.wait_for_selector("#compare[data-ready]")
    expect(page.locator("#swipe-at")).to_have_value("30")
    expect(page.get_by_label("卷帘", exact=True)).to_be_checked()


def test_the_swipe_shows_the_newer_version_right_of_its_line(look):
    page = look("?mode=swipe")
    before, after = page.evaluate(PLACES)
    assert before == after
    side = page.locator(".compare__side--after")
    for value in ("25", "80"):
        page.locator("#swipe-at").fill(value)
        expect(side).to_have_css("clip-path", re.compile(rf"\b{value}%"))
        line = page.locator("#swipe-line").bounding_box()
        middle = line["x"] + line["width"] / 2
        assert middle == pytest.approx(after["x"] + after["width"] * int(value) / 100, abs=3)


def test_the_line_is_dragged_and_moved_by_keys(look):
    page = look("?mode=swipe")
    line = page.locator("#swipe-line").bounding_box()
    box = page.locator("#maps").bounding_box()
    page.mouse.move(line["x"] + line["width"] / 2, line["y"] + line["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.2, line["y"] + 40, steps=4)
    page.mouse.up()
    expect(page.locator("#swipe-at")).to_have_value("20")
    page.locator("#swipe-at").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#swipe-at")).to_have_value("23")
    assert page.locator("#swipe-at").get_attribute("aria-valuetext") == "旧版本占 23 %"
    page.wait_for_url("**at=23**")


def test_side_by_side_both_maps_go_together(look):
    page = look("?mode=side")
    before, after = page.evaluate(PLACES)
    assert before["width"] == pytest.approx(after["width"], abs=3)
    assert before["x"] + before["width"] <= after["x"]
    scales = page.locator(".compare__maps .leaflet-control-scale-line")
    first = scales.first.text_content()
    page.locator("#map-before").focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(scales.first).not_to_have_text(first)
    assert scales.nth(0).text_content() == scales.nth(1).text_content()
    page.wait_for_url("**view=**")
    place = given(page)["view"]
    page.reload()
    page.wait_for_selector("#compare[data-ready]")
    page.locator(".mode", has_text="变化").click()
    page.wait_for_url(lambda url: "mode" not in url)
    assert given(page)["view"].split(",")[2] == place.split(",")[2]


def test_each_map_draws_its_own_version(look):
    page = look("?mode=side")
    page.wait_for_selector("#map-after .leaflet-compare-changed-pane path")
    old, new = page.evaluate(DRAWN, "before"), page.evaluate(DRAWN, "after")
    assert (old, new) == (5, 4)
    page.locator(".mode", has_text="变化").click()
    page.wait_for_function(f"() => ({DRAWN})('after') === 5")
    assert page.locator("#map-after .leaflet-compare-ghost-pane path").count() == 4


def test_modes_are_chosen_by_keys(look):
    page = look()
    page.get_by_label("变化", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#compare")).to_have_attribute("data-mode", "swipe")
    expect(page.locator("#swipe-at")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#compare")).to_have_attribute("data-mode", "side")
    expect(page.locator("#swipe-at")).to_be_hidden()


def test_a_sentence_goes_to_its_place_by_mouse_and_by_key(look):
    page = look()
    sentences = page.locator(".sentence")
    sentences.filter(has_text="移动").click()
    page.wait_for_url("**view=**")
    first = given(page)["view"]
    expect(sentences.filter(has_text="移动")).to_have_attribute("aria-current", "true")
    expect(page.locator("#compare-live")).to_contain_text("移动")
    sentences.filter(has_text="删除").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: given(page)["view"] != first)
    assert page.locator(".sentence[aria-current]").count() == 1
    assert page.locator("#map-after .leaflet-compare-chosen-pane path").count() == 0


def test_a_click_on_the_map_marks_the_sentence(look):
    page = look()
    path = page.locator("#map-after .leaflet-compare-changed-pane path").first
    path.wait_for()
    page.locator(".sentence").filter(has_text="中央公园").click()
    box = page.locator("#map-after").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".sentence[aria-current]")).to_contain_text("中央公园")
    expect(page.locator(".compare__tip")).to_contain_text("示意")


def test_words_of_data_stay_words_on_the_map(visitors, serve, town, published):
    from tests.changed import change_gardens

    published(town)
    edit(town, "gardens", change_gardens)
    publish_layer(town, "gardens", "<img src=x onerror=alert(1)>")
    page = visitors(serve(town).url).open("/layers/gardens/compare")
    page.wait_for_selector("#compare[data-ready]")
    page.locator(".sentence").filter(has_text="枣园").click()
    box = page.locator("#map-after").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".compare__tip")).to_contain_text("<b>枣园</b> {{ 7*7 }}")
    assert page.locator(".compare__tip b").count() == 0


def test_without_scripts_there_are_words_and_tables(look):
    page = look("?only=reshaped", java_script_enabled=False)
    expect(page.locator("#compare")).to_be_hidden()
    expect(page.locator(".sentence")).to_have_count(1)
    page.locator(".sentence").click()
    assert page.url.endswith("#" + page.locator("tr[id]").get_attribute("id"))
    page.get_by_role("link", name="全部变化").click()
    expect(page.locator(".sentence")).to_have_count(5)
    page.locator("#from").select_option(index=0)
    page.get_by_role("button", name="比较").click()
    expect(page.locator("main")).to_contain_text("没有可比较的")


@pytest.mark.parametrize("width", [1440, 768, 375])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_is_wider_than_the_window(visitors, versions, width, lang):
    visitor = visitors(versions[0].url, width=width)
    for address in (
        "/layers/parks/history",
        COMPARE,
        f"{COMPARE}?mode=swipe",
        f"{COMPARE}?mode=side",
    ):
        page = visitor.open(f"{address}{'&' if '?' in address else '?'}lang={lang}")
        if "compare" in address:
            page.wait_for_selector("#compare[data-ready]")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        page.close()


@pytest.mark.parametrize("width", [1440, 375])
def test_the_pages_keep_nobody_out(visitors, versions, width):
    visitor = visitors(versions[0].url, width=width)
    for address in (
        "/layers/parks/history",
        COMPARE,
        f"{COMPARE}?mode=swipe",
        f"{COMPARE}?mode=side",
    ):
        page = visitor.open(address)
        if "compare" in address:
            page.wait_for_selector("#compare[data-ready]")
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run('main', { resultTypes: ['violations'], iframes: false })")
        assert told_problems(found) == [], address
        page.close()


def test_on_paper_the_map_fits_and_the_words_are_whole(look):
    page = look()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    map_width = page.locator("#map-after").bounding_box()["width"]
    assert map_width == pytest.approx(178 / 25.4 * 96, abs=6)
    expect(page.locator(".compare__tools")).to_be_hidden()
    expect(page.locator(".sentence")).to_have_count(5)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".is-printing").count() == 0


# ---------------------------------------------------------------- the map as it was


@pytest.fixture
def history(visitors, versions):
    """The history of the parks in a new visit."""
    return visitors(versions[0].url).open("/layers/parks/history")


def test_the_history_leads_to_the_map_of_then_and_the_map_to_today(history):
    history.get_by_role("link", name="当时的地图").click()
    opened = MapPage(history)
    assert len(opened.drawn()["parks"]) == 9
    expect(history.locator(".older")).to_contain_text("历史版本 · 公园绿地")
    history.get_by_role("link", name="看当前版本").click()
    history.wait_for_selector(READY)
    assert len(MapPage(history).drawn()["parks"]) == 8
    expect(history.locator(".older")).to_have_count(0)
    assert "versions" not in history.url


def test_what_is_opened_on_the_map_of_then_is_of_then(visitors, versions):
    visitor = visitors(versions[0].url)
    opened = visitor.map(f"?versions=parks:{versions[1]}&selected=P05&lang=en")
    assert "Renamed" not in opened.wait_for_card()
    opened.page.get_by_role("link", name="Statistics", exact=True).click()
    opened.page.wait_for_url(f"**/statistics?**versions=parks:{versions[1]}**")
    now = visitor.map("?selected=P05&lang=en")
    assert "Renamed" in now.wait_for_card()


def test_the_strip_stays_on_paper_as_a_condition_of_the_sheet(visitors, versions):
    opened = visitors(versions[0].url).map(f"?versions=parks:{versions[1]}")
    opened.page.emulate_media(media="print")
    opened.page.wait_for_selector("body.is-printing")
    expect(opened.page.locator(".sheet__conditions")).to_contain_text("历史版本")
