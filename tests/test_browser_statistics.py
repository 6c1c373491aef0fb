"""The pages of figures in a real browser: without scripts, with a drawn boundary, on a phone."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browsing import place_on_line, told_problems

pytestmark = pytest.mark.browser

ADDRESSES = (
    "/statistics",
    "/statistics?group=district,class&row=D_EAST~arterial&schematic=1",
    "/statistics?group=zzz",
    "/statistics/overlaps",
    "/statistics/stated",
    "/statistics/analyses/station_coverage",
    "/sheet?paper=A4",
)


AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.parametrize("width", [1440, 375])
def test_the_pages_keep_nobody_out(visit, width):
    visitor = visit(width=width)
    for address in ADDRESSES[:2] + ADDRESSES[3:]:
        page = visitor.open(address)
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run('main', { resultTypes: ['violations'], iframes: false })")
        assert told_problems(found) == [], address
        page.close()


def wait_for_map(page):
    """The map in the frame, once it is drawn."""
    frame = page.frame_locator("iframe.minimap--answer")
    frame.locator('body[data-ready="true"]:not([data-near=looking])').wait_for()
    return frame


def drawn_projects(frame, layers):
    found = frame.locator("[data-layer][data-id]").evaluate_all(
        "(nodes) => nodes.map((node) => [node.dataset.layer, node.dataset.id])"
    )
    return {project for layer, project in found if layer in layers}


@pytest.mark.parametrize("width", [1440, 768, 375])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_is_wider_than_the_window(visit, width, lang):
    visitor = visit(width=width)
    for address in ADDRESSES:
        if "zzz" in address:
            continue
        page = visitor.open(f"{address}{'&' if '?' in address else '?'}lang={lang}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        page.close()


def test_a_row_is_opened_and_closed_without_scripts(visit):
    page = visit(java_script_enabled=False).open("/statistics")
    page.locator("#ask select[name=group]").nth(1).select_option("class")
    page.get_by_role("button", name="统计", exact=True).click()
    assert "group=layer,class" in page.url.replace("%2C", ",")
    page.locator(".sums__name", has_text="湿地公园").first.click()
    expect(page.locator(".opened")).to_contain_text("P02")
    expect(page.locator(".opened")).to_contain_text("SHA-256")
    page.locator(".is-open .sums__name").click()
    expect(page.locator(".opened")).to_have_count(0)


def test_the_map_beside_draws_just_the_projects_of_the_open_row(reader):
    page = reader.open("/statistics")
    page.locator(".sums__name", has_text="轨道交通项目").click()
    frame = wait_for_map(page)
    table = reader.json("/statistics.json")
    (row,) = [one for one in table["rows"] if one["row"] == "metro"]
    located = {one["id"] for one in reader.json("/projects.json")["features"] if one["geometry"]}
    layers = {
        layer["id"] for layer in reader.json("/layers")["layers"] if layer["role"] == "projects"
    }
    assert drawn_projects(frame, layers) == set(row["ids"]) & located


def test_a_feature_on_the_map_tells_the_rows_it_is_in(reader):
    page = reader.open("/statistics?group=district,class")
    wait_for_map(page)
    [inside] = [one for one in page.frames if "/embed" in one.url]
    x, y = place_on_line(inside, "R08")
    # A click of the locator waits until the frame stands still; the page above may yet grow.
    page.locator("iframe.minimap--answer").click(position={"x": x, "y": y})
    rows = [
        row["row"]
        for row in reader.json("/statistics.json?group=district,class")["rows"]
        if "R08" in row["ids"]
    ]
    expect(page.locator("#rows-of")).to_contain_text("R08")
    expect(page.locator("#rows-of a")).to_have_count(len(rows))
    met = page.locator("tr.is-met").evaluate_all("(rows) => rows.map((row) => row.dataset.row)")
    assert met == rows
    page.locator("#rows-of a").first.click()
    expect(page.locator(".opened")).to_contain_text("R08")


def test_a_feature_chosen_before_the_page_listens_tells_its_rows_too(reader):
    """The map in the frame may be ready, and clicked, while the page around it waits for words."""
    held = []
    page = reader.context.new_page()
    page.route(
        "**/messages/*.json",
        lambda route: (
            held.append(route) if route.request.frame == page.main_frame else route.continue_()
        ),
    )
    page.goto(f"{reader.home}/statistics?group=district,class")
    wait_for_map(page)
    [inside] = [one for one in page.frames if "/embed" in one.url]
    x, y = place_on_line(inside, "R08")
    page.locator("iframe.minimap--answer").click(position={"x": x, "y": y})
    inside.locator('body[data-selected="R08"]').wait_for()
    expect(page.locator("#rows-of")).to_be_empty()
    [route] = held
    route.continue_()
    expect(page.locator("#rows-of")).to_contain_text("R08")


def test_a_boundary_is_drawn_on_the_map_and_counted(reader):
    page = reader.open("/statistics")
    frame = wait_for_map(page)
    page.locator(".further summary").click()
    page.get_by_role("button", name="在地图上画").click()
    box = page.locator("iframe.minimap--answer").bounding_box()
    corners = [(0.3, 0.15), (0.6, 0.15), (0.6, 0.4), (0.3, 0.4), (0.3, 0.15)]
    for x, y in corners:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    expect(page.locator("#boundary-told")).to_contain_text("已画 4 个顶点")
    ring = json.loads(page.locator("#boundary").input_value())["coordinates"][0]
    assert ring[0] == ring[-1]
    assert len(ring) == 5
    assert frame.locator("#card").is_hidden()
    page.get_by_role("button", name="统计", exact=True).click()
    page.wait_for_url("**boundary=**")
    expect(page.locator(".tally")).to_be_visible()


def test_a_boundary_is_read_from_a_file(reader, tmp_path):
    ring = [[120.28, 31.66], [120.32, 31.66], [120.32, 31.70], [120.28, 31.70], [120.28, 31.66]]
    path = tmp_path / "boundary.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    page = reader.open("/statistics")
    page.locator(".further summary").click()
    page.locator("#boundary-tools").wait_for()
    page.locator("#boundary-file").set_input_files(path)
    expect(page.locator("#boundary-told")).to_contain_text("boundary.geojson")
    page.get_by_role("button", name="统计", exact=True).click()
    page.wait_for_url("**boundary=**")
    given = json.dumps({"type": "Polygon", "coordinates": [ring]})
    answer = reader.context.request.get(
        f"{reader.home}/statistics.json", params={"boundary": given}
    ).json()
    expect(page.locator(".tally strong").first).to_have_text(str(answer["total"]["count"]))


def test_a_long_boundary_goes_by_post_and_rows_still_open(reader):
    page = reader.open("/statistics")
    page.locator(".further summary").click()
    page.locator("#boundary-tools").wait_for()
    steps = 2400
    page.evaluate(
        """(steps) => {
          const ring = Array.from({length: steps}, (_, n) => {
            const turn = 2 * Math.PI * n / steps;
            return [120.3 + 0.03 * Math.cos(turn), 31.68 + 0.02 * Math.sin(turn)];
          });
          document.getElementById("boundary").value =
            JSON.stringify({type: "Polygon", coordinates: [[...ring, ring[0]]]});
        }""",
        steps,
    )
    page.get_by_role("button", name="统计", exact=True).click()
    expect(page.locator("body")).to_contain_text("没有固定网址")
    page.locator("button.sums__name").first.click()
    expect(page.locator(".opened")).to_be_visible()


def test_the_shapes_of_an_analysis_lie_on_the_map(reader):
    page = reader.open("/statistics/analyses/station_coverage")
    wait_for_map(page)
    page.locator("iframe[data-shown]").wait_for()
    shapes = reader.json("/statistics/analyses/station_coverage.geojson")["features"]
    assert page.locator("iframe.minimap--answer").get_attribute("data-shown") == str(len(shapes))


def test_chosen_ids_on_the_large_map_can_be_lifted(reader):
    opened = reader.map("?ids=R02,P05")
    assert opened.counted()[-1] == 2
    opened.tab("filter")
    opened.page.get_by_role("button", name="看全部项目").click()
    opened.wait_for_address(ids=None)
    assert opened.counted()[-1] == 50


def test_the_map_leads_to_the_figures_of_what_it_shows(reader):
    opened = reader.map("?stage=complete")
    opened.page.get_by_role("link", name="查询统计").click()
    opened.page.wait_for_url("**/statistics?stage=complete")
