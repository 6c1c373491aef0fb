"""Nothing on a page keeps people from using it: axe-core finds no serious or critical fault."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
WIDTHS = {1440: 900, 375: 740}


@pytest.fixture(scope="module")
def axe():
    assert AXE.is_file(), "axe-core is missing: run `npm ci`"
    return AXE.read_text("utf-8")


def faults(page, axe, part="html"):
    """What axe finds in a part of the page that is grave, in words."""
    page.evaluate(axe)
    found = page.evaluate("(part) => axe.run(part, { resultTypes: ['violations'] })", part)
    assert len(found["passes"]) > 3, "axe has looked at nothing"
    return [
        f"{fault['id']} ({fault['impact']}) at {node['target']}: {node['failureSummary']}"
        for fault in found["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_map_keeps_nobody_out(visit, axe, width, lang):
    opened = visit(width=width, height=WIDTHS[width]).map(f"?panel=layers&lang={lang}")
    assert faults(opened.page, axe) == []
    opened.tab("list")
    opened.page.locator('[data-open="R08"]').click()
    opened.wait_for_card()
    assert faults(opened.page, axe) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/projects", "/projects/R08", "/quality?check=stated"])
def test_a_page_keeps_nobody_out(visit, axe, path, width, lang):
    page = visit(width=width, height=WIDTHS[width]).open(f"{path}?lang={lang}")
    assert faults(page, axe) == []


@pytest.mark.parametrize(
    "path", ["/projects?q=nothing", "/projects/P01", "/projects/M03", "/quality"]
)
def test_other_kinds_of_pages_keep_nobody_out(visit, axe, path):
    assert faults(visit().open(path), axe) == []


def every_layer(page):
    for handle in page.locator(".layer__expand, .legend summary").all():
        handle.click()


def drawing_order(page):
    page.get_by_role("button", name="按叠放次序").click()


def filters(page):
    page.locator("#tab-filter").click()


def found(page):
    page.locator("#search").fill("路")
    page.wait_for_selector("#search-list [data-found]")


def share(page):
    page.locator('[data-tool="share"]').click()
    page.wait_for_selector("#share[open] textarea")


def ruler(page):
    page.locator(".tool--ruler").click()
    page.wait_for_selector("#ruler:not([hidden])")


def test_every_part_of_the_map_page_keeps_nobody_out(reader, axe):
    page = reader.map("?panel=layers").page
    parts = (
        (every_layer, "#panel"),
        (drawing_order, "#panel"),
        (filters, "#panel"),
        (found, "header"),
        (ruler, "#ruler"),
        (share, "#share"),
    )
    for prepare, part in parts:
        prepare(page)
        assert faults(page, axe, part) == [], part


def test_the_map_in_a_frame_keeps_nobody_out(reader, axe):
    opened = reader.map("?panel=list", path="/embed")
    assert faults(opened.page, axe, "#panel") == []
