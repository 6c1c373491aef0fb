"""Setting up a consultation in a browser: from the empty form to the announced page."""

import pytest

from tests.desk import choose_projects, signed_in
from tests.test_browser_access import AXE, faults

pytestmark = pytest.mark.browser

TITLE = "中央公园规划方案"
WORDS = {
    "title_zh": TITLE,
    "plain_zh": "公园**东扩**。",
    "organiser": "规划建设局",
    "decider": "区人民政府",
    "address": "文惠路 16 号",
    "contact": "0510-00000000",
    "review_number": "苏S(2026)012号",
}


@pytest.fixture
def site(town, published, desk, serve):
    """The town served, with an account of each role."""
    desk(published(town))
    return serve(town).url


@pytest.mark.parametrize("width", [1440, 375])
def test_from_the_form_to_the_announced_page(site, visitors, width, tiled):
    axe = AXE.read_text("utf-8")
    _visitor, page = signed_in(visitors, site, "planner", width=width)

    def looked_at():
        assert faults(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.click('nav.desk-nav a[href$="/consultations"]')
    looked_at()
    page.click('main a[href$="/consultations/new"]')
    looked_at()
    page.fill("#title_zh", TITLE)
    page.click(".notice-form__end .button--main")
    page.wait_for_selector(".stage--draft")
    looked_at()

    page.click('main a[href$="/publish"]')
    looked_at()
    page.click('.checks a[href$="#plain_zh"]')
    page.wait_for_url("**/edit#plain_zh")
    for name, words in WORDS.items():
        page.fill(f"#{name}", words)
    if not tiled:
        page.fill("#project-filter", "G01")
        assert page.locator(".boxes label:visible").count() == 1
    choose_projects(page, "G01")
    assert tiled or "1" in page.text_content("[data-chosen]")
    page.click('button[value="preview"]')
    page.wait_for_selector("#looked strong")
    assert page.is_checked('input[name="projects"][value="G01"]')
    looked_at()
    page.click(".notice-form__end .button--main")
    page.wait_for_selector(".stage--draft")

    page.click('main a[href$="/preview"]')
    page.wait_for_selector(".preview-word")
    looked_at()
    page.click(".preview-word a")
    page.click('main a[href$="/publish"]')
    page.click("form .button--main")
    page.wait_for_selector(".stage--open")
    looked_at()
    page.click('main a[href*="/consultations/2"]:not([href*="/desk/"]):not([href*=".pdf"])')
    page.wait_for_selector("h1")
    assert page.text_content("h1") == TITLE
