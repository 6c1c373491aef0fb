"""Planners edit on the map in a real browser: move, type, see what is wrong, publish, meet."""

import re

import pytest

from tests.desk import signed_in

pytestmark = pytest.mark.browser
READY = '#draft[data-ready="true"]'
SAVED = '#draft-saved[data-saved="saved"]'


@pytest.fixture
def site(town, published, desk, serve):
    """The town served, with an account of each role."""
    desk(published(town))
    return serve(town).url


def begun(visitor, site):
    """Begin a draft of the gardens; give its page."""
    page = visitor.open("/desk/drafts")
    page.select_option("#layer", "gardens")
    page.fill("#title", "东园扩建")
    page.click("form.box button.button--main")
    page.wait_for_selector(READY)
    return page


def choose(page, feature="G01"):
    page.click(f'[data-feature="{feature}"]')
    page.wait_for_selector("#draft-form:not([hidden])")


def edit_name(page, name):
    page.fill("#field-name_zh", name)
    page.press("#field-name_zh", "Tab")


def wait_checked(page, edits):
    page.wait_for_selector(f'#draft-check[data-seen="{edits}"]')


def drag(page, handle, east, north):
    box = page.locator(handle).first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + east / 2, y - north / 2)
    page.mouse.move(x + east, y - north)
    page.mouse.up()


def test_from_a_moved_vertex_to_the_public_map(visitors, site):
    visitor, _ = signed_in(visitors, site, "planner")
    page = begun(visitor, site)
    choose(page)
    before = page.text_content("#draft-figures")
    drag(page, ".handle--vertex", -40, -30)
    wait_checked(page, 1)
    assert page.text_content("#draft-figures") != before
    edit_name(page, "")
    wait_checked(page, 2)
    assert "缺少" in page.text_content(".wrong")
    assert page.get_attribute("#field-name_zh", "aria-invalid") == "true"
    edit_name(page, "新园")
    wait_checked(page, 3)
    assert "新园" in page.text_content(".draft__changes")
    page.wait_for_selector(SAVED)
    page.click("text=检查并发布")
    page.fill("#reason", "按新边界")
    if page.locator("[name=accepted]").count():
        page.check("[name=accepted]")
    page.click("form.box button.button--main")
    page.wait_for_url(re.compile("published="))
    resident = visitors(site)
    assert "新园" in resident.open("/projects/G01").text_content("h1")


def test_what_is_undone_comes_back(visitors, site):
    page = begun(signed_in(visitors, site, "planner")[0], site)
    choose(page)
    first = page.input_value("#field-name_zh")
    edit_name(page, "改名")
    wait_checked(page, 1)
    page.click('[data-tool="undo"]')
    wait_checked(page, 2)
    assert page.input_value("#field-name_zh") == first
    page.click('[data-tool="remove"]')
    wait_checked(page, 3)
    assert page.locator('[data-feature="G01"]').count() == 0
    page.locator("h1").click()
    page.keyboard.press("Control+z")
    wait_checked(page, 4)
    assert page.locator('[data-feature="G01"]').count() == 1


def test_a_vertex_by_typed_coordinates(visitors, site):
    page = begun(signed_in(visitors, site, "planner")[0], site)
    choose(page)
    typed = page.locator(".draft__vertices input").first
    lon, lat = map(float, typed.input_value().split(","))
    typed.fill(f"{lon - 0.001:.7f}, {lat:.7f}")
    typed.press("Tab")
    wait_checked(page, 1)
    page.select_option("#draft-unit", "metric")
    x, _y = map(float, page.locator(".draft__vertices input").first.input_value().split(","))
    assert x > 100_000


def test_a_new_area_is_drawn_by_keyboard_and_is_schematic(visitors, site):
    page = begun(signed_in(visitors, site, "planner")[0], site)
    page.click('[data-draw="Polygon"]')
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(" ")
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-feature^="~"]')
    assert page.input_value("#field-geometry_quality") == "schematic"
    wait_checked(page, 1)
    assert page.locator(".draft__problems .is-error").count() > 0


def test_the_second_planner_is_told_and_chooses(visitors, site):
    first, _ = signed_in(visitors, site, "planner")
    page = begun(first, site)
    second, _ = signed_in(visitors, site, "admin")
    other = second.open(page.url.removeprefix(site))
    other.wait_for_selector(READY)
    for one in (page, other):
        choose(one)
    other.route("**/state.json?after=*", lambda route: route.abort())
    edit_name(page, "甲的名字")
    wait_checked(page, 1)
    edit_name(other, "乙的名字")
    other.wait_for_selector("#draft-conflict:not([hidden])")
    told = other.text_content("#draft-conflict")
    assert "planner" in told
    assert "甲的名字" in told
    assert "乙的名字" in told
    other.click("text=用对方的，我的留作备注")
    other.wait_for_selector("#draft-notes:not([hidden])")
    assert other.input_value("#field-name_zh") == "甲的名字"
    other.click("text=改用这一份")
    wait_checked(other, 3)
    kept = first.json(page.url.removeprefix(site) + "/edits.json")
    names = [one["content"]["properties"]["name_zh"] for one in kept]
    assert names == ["甲的名字", "乙的名字", "乙的名字"]
    heard = [one for one in second.wanted_complaints() if "ERR_FAILED" not in one]
    assert len(heard) == 1
    assert "409" in heard[0], "Chromium itself tells of the refused request"


def test_a_lost_connection_loses_no_edit(visitors, site):
    visitor, _ = signed_in(visitors, site, "planner")
    page = begun(visitor, site)
    choose(page)
    visitor.context.set_offline(True)
    edit_name(page, "断网时改的")
    page.wait_for_selector('#draft-saved[data-saved="offline"]')
    visitor.context.set_offline(False)
    wait_checked(page, 1)
    assert page.input_value("#field-name_zh") == "断网时改的"
    visitor.wanted_complaints()
