"""Every page in a real browser: quiet, from one origin, readable on paper and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browsing import READY, MapPage, launch, watched

pytestmark = pytest.mark.browser

LANGS = ("zh", "en")
DESK, PHONE = (1440, 900), (375, 740)
PAGES = {
    "map": "/?panel=layers",
    "card": "/?selected=R08",
    "list": "/projects",
    "project": "/projects/R08",
    "unlocated": "/projects/M03",
    "embed": "/embed?selected=P01",
    "quality": "/quality?check=schematic",
    "missing": "/projects/Z99",
}


def address(name, lang):
    path = PAGES[name]
    return path if lang == "zh" else f"{path}{'&' if '?' in path else '?'}lang=en"


def opened(reader, name, lang="zh"):
    """A page that stands whole, the small map of a project page too."""
    page = reader.open(address(name, lang))
    if name in {"map", "card", "embed"}:
        page.wait_for_selector(READY)
    if "selected" in PAGES[name]:
        page.wait_for_selector("#card .card__section")
    if name == "project":
        page.locator("iframe.minimap").scroll_into_view_if_needed()
        page.frame_locator("iframe.minimap").locator(READY).wait_for()
        page.evaluate("() => scrollTo(0, 0)")
    return page


# ---------------------------------------------------------------- quiet


@pytest.mark.parametrize("lang", LANGS)
def test_every_page_is_quiet_and_asks_its_own_server_only(visit, lang):
    """That nothing is heard on the console and no other host is asked is seen by the visitor."""
    reader = visit()
    for name in PAGES.keys() - {"missing"}:
        asked = len(reader.requests)
        page = opened(reader, name, lang)
        assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[lang]
        kinds = {request.split("?")[0].rsplit(".", 1)[-1] for request in reader.requests[asked:]}
        assert {"css", "svg"} <= kinds, name
        assert ("js" in kinds) == (name not in {"list", "unlocated", "quality"}), name


def test_the_visitor_hears_what_goes_wrong(visitors, server):
    """The tests above mean nothing when the watch is deaf."""
    reader = visitors(server.url)
    page = reader.open("/projects")
    foreign = server.url.replace("127.0.0.1", "localhost")
    with page.expect_console_message(lambda message: "policy violation" in message.text):
        page.evaluate("() => document.body.setAttribute('onclick', 'alert(1)')")
        page.evaluate("() => document.body.click()")
    with page.expect_console_message(lambda message: "img-src" in message.text):
        page.evaluate("(address) => { new Image().src = address; }", f"{foreign}/x.png")
    with reader.context.expect_event("weberror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('lost'); }); }")
    page.evaluate("() => alert('boo')")
    page.goto(f"{foreign}/projects")
    heard = " ".join(reader.wanted_complaints())
    for words in (
        "inline event handler",
        "img-src",
        "script: lost",
        "dialog: boo",
        f"foreign request: {foreign}",
    ):
        assert words in heard


def test_a_page_that_is_not_there_says_so_and_leads_on(visitors, server):
    reader = visitors(server.url)
    page = opened(reader, "missing")
    assert "Z99" in page.locator("h1").text_content()
    page.get_by_role("link", name="查看项目清单").click()
    expect(page.locator("tr.projects__row")).to_have_count(50)
    [complaint] = reader.wanted_complaints()
    assert "404" in complaint


def test_the_list_works_without_scripts(visit):
    page = visit(java_script_enabled=False).open("/projects")
    page.locator("#q").fill("风翔")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("td.projects__id")).to_have_text(["R08"])
    page.get_by_role("link", name="凤翔高架北延").first.click()
    expect(page.locator("h1")).to_have_text("凤翔高架北延")


def test_the_map_without_scripts_leads_to_the_list(visit):
    page = visit(java_script_enabled=False).open("/")
    page.get_by_role("link", name="项目清单无需脚本").click()
    expect(page.locator("tr.projects__row")).to_have_count(50)


# ---------------------------------------------------------------- narrow and large

#: What a reader must be able to reach on the map.
TOOLS = ("#search", "[data-tool]", "[data-lang-link]", "[role=tab]", "#panel-toggle", "#tally")

_OUT_OF_REACH = """(selectors) => {
  const inside = ({ left, right, top, bottom }) =>
    left >= -1 && top >= -1 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
  const uncovered = (node, { left, right, top, bottom }) => {
    const met = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return met && (node.contains(met) || met.contains(node));
  };
  return selectors.flatMap((selector) => [...document.querySelectorAll(selector)])
    .filter((node) => node.getClientRects().length)
    .filter((node) => {
      const box = node.getBoundingClientRect();
      return !inside(box) || !uncovered(node, box);
    })
    .map((node) => node.id || node.getAttribute("aria-label") || node.textContent);
}"""


def out_of_reach(page, *selectors):
    """Which of the visible things stand outside the window or under others."""
    return page.evaluate(_OUT_OF_REACH, list(selectors))


def widest(page):
    """Width of what the page holds; wider than the window, it scrolls sideways."""
    return page.evaluate(
        "() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
    )


def phone(visit):
    width, height = PHONE
    return visit(width=width, height=height, has_touch=True, is_mobile=True)


@pytest.mark.parametrize("lang", LANGS)
def test_a_phone_never_scrolls_sideways(visit, lang):
    reader = phone(visit)
    for name in PAGES.keys() - {"missing"}:
        assert widest(opened(reader, name, lang)) == PHONE[0], name


#: Words of a cell that stand outside the window, and names or hashes cut into pieces.
_CUT = """(selector) => [...document.querySelectorAll(selector)].filter((node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  return box.left < -1 || box.right > innerWidth + 1;
}).map((node) => node.textContent.trim())"""
_LINES = """(selector) => [...document.querySelectorAll(selector)].map((node) => {
  const { height } = node.getBoundingClientRect();
  return Math.round(height / parseFloat(getComputedStyle(node).lineHeight));
})"""


@pytest.mark.parametrize("lang", LANGS)
def test_a_phone_reads_every_layer_and_every_choice_of_the_list(visit, lang):
    page = opened(phone(visit), "list", lang)
    assert page.evaluate(_CUT, ".versions tbody tr > :not(:last-child)") == []
    assert page.evaluate(_CUT, ".checks .check") == []
    for selector in (".versions tbody th", ".versions code"):
        assert set(page.evaluate(_LINES, selector)) == {1}, selector


def test_a_phone_has_every_tool_within_reach(visit):
    found = MapPage(phone(visit).open("/"))
    page = found.page
    assert out_of_reach(page, *TOOLS, ".leaflet-control a") == []
    for tab in ("layers", "filter", "list"):
        page.locator(f"#tab-{tab}").tap()
        expect(page.locator(f"#pane-{tab}")).to_be_visible()
        assert out_of_reach(page, "[role=tab]", "#panel-toggle") == []
    page.locator('[data-open="R08"]').tap()
    found.wait_for_card("凤翔高架北延")
    assert out_of_reach(page, "#card .card__close", "#card-title") == []
    page.locator("#card .card__close").tap()
    expect(page.locator("#card")).to_be_hidden()


def test_a_phone_on_its_side_has_every_tool_within_reach(visit):
    page = opened(visit(width=740, height=360, has_touch=True, is_mobile=True), "map")
    assert out_of_reach(page, *TOOLS, ".leaflet-control a") == []


@pytest.mark.parametrize("lang", LANGS)
def test_letters_of_twice_the_size_do_not_scroll_sideways(visit, lang):
    reader = visit(width=1280, height=900)
    for name in PAGES.keys() - {"missing"}:
        page = opened(reader, name, lang)
        page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        assert widest(page) == 1280, name


@pytest.fixture(scope="module")
def large_letters(playwright):
    """A Chromium whose reader has set the letters to twice the usual size."""
    browser = launch(playwright, "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26")
    yield browser
    browser.close()


@pytest.mark.parametrize("lang", LANGS)
def test_a_reader_with_letters_of_twice_the_size_can_use_the_map(large_letters, server, lang):
    with watched(large_letters) as send:
        reader = send(server.url, width=1280, height=900)
        for name in ("list", "project", "unlocated"):
            assert widest(opened(reader, name, lang)) == 1280, name
        page = opened(reader, "map", lang)
        assert page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "32px"
        assert out_of_reach(page, *TOOLS, ".leaflet-control a") == []
        page.locator("#tab-list").click()
        page.locator('[data-open="R08"]').click()
        page.wait_for_selector("#card .card__section")
        assert out_of_reach(page, "#card-title", "#card .card__close") == []
        page.locator("#card .card__close").click()
        expect(page.locator("#card")).to_be_hidden()
        assert widest(page) == 1280


# ---------------------------------------------------------------- on paper


@pytest.mark.parametrize("lang", LANGS)
def test_the_printed_sheet_has_what_a_map_needs(visit, lang):
    reader = visit()
    page = opened(reader, "map", lang)
    zone = reader.json("/layers")["zone"]
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    for selector in (
        ".sheet__plan",
        "#sheet-side .legend",
        ".sheet__north",
        ".sheet__scale",
        ".sheet__review",
        ".frame .leaflet-container",
        "#sheet-list table",
    ):
        expect(page.locator(selector).first).to_be_visible()
    for selector in (".top", ".panel", ".card", ".leaflet-control-container", ".credit"):
        expect(page.locator(selector)).to_be_hidden()
    foot = page.locator("#sheet-foot").inner_text()
    assert {"zh": "审图号", "en": "review"}[lang] in foot.lower()
    assert zone["source"][lang] in foot
    assert reader.json("/healthz")["state"] in foot
    assert re.search(r"1:\d", page.locator(".sheet__scale").inner_text())
    expect(page.locator("#sheet-list tbody tr")).to_have_count(50)
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert out_of_reach(page, *TOOLS) == []


def test_the_legend_on_paper_is_that_of_the_screen(visit):
    page = opened(visit(), "map")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    titles = "nodes => nodes.map((node) => node.textContent).sort()"
    screen = page.locator("#pane-layers .legend__title").evaluate_all(titles)
    paper = page.locator("#sheet-side .legend__title").evaluate_all(titles)
    assert set(paper) <= set(screen)
    assert len(paper) > 20


def test_the_scale_bar_on_paper_is_as_long_as_it_says(visit):
    """Its length on the map, measured on the ellipsoid at the middle of the sheet."""
    page = opened(visit(), "map")
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    bar = page.locator(".sheet__scale").evaluate("node => ({ ...node.dataset })")
    metres = page.evaluate(
        """(px) => {
          const { x, y } = huitu.map.getSize().divideBy(2);
          const ends = [[x - px / 2, y], [x + px / 2, y]];
          const [a, b] = ends.map((end) => huitu.map.containerPointToLatLng(end));
          return huitu.map.distance(a, b);
        }""",
        float(bar["px"]),
    )
    assert metres == pytest.approx(float(bar["metres"]), rel=0.005)


def test_printing_gives_a_landscape_sheet_with_the_map_on_its_first_page(visit):
    page = opened(visit(), "map")
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(842, 595)}
    assert 2 <= len(boxes) <= 6
