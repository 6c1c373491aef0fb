"""From a file that nobody prepared to the public map, in a real browser."""

import json
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely
from playwright.sync_api import expect
from shapely.geometry import shape

from geo.datum import wgs84_to_gcj02
from tests.conftest import ROOT
from tests.desk import signed_in
from tests.test_browser_access import AXE, faults

pytestmark = pytest.mark.browser
HOSTILE = "{{7*7}}${1}<b>南园"


@pytest.fixture
def site(town, published, desk, serve):
    """The town served, with an account of each role."""
    desk(published(town))
    return serve(town).url


@pytest.fixture
def designers_file(tmp_path):
    """The gardens as a designer sends them: GBK without .cpg and .prj, positions of a web map.

    One garden has grown to the east, one is new; fields are called as the designer calls them.
    """
    gardens = json.loads((ROOT / "tests/town/gardens.geojson").read_text("utf-8"))["features"]
    rows = [{**one["properties"], "geometry": shape(one["geometry"])} for one in gardens]
    rows[0]["geometry"] = grown(rows[0]["geometry"])
    rows.append(
        {**rows[1], "id": "G03", "name_zh": HOSTILE, "geometry": beside(rows[1]["geometry"])}
    )
    frame = gpd.GeoDataFrame(
        {
            "编号": [row["id"] for row in rows],
            "项目名称": [row["name_zh"] for row in rows],
            "规划阶段": ["启动", "完成", "完成"],
            "起始年份": [row["year_from"] for row in rows],
            "结束年份": [row["year_to"] for row in rows],
        },
        geometry=[in_gcj02(row["geometry"]) for row in rows],
        crs="EPSG:4326",
    )
    frame.to_file(tmp_path / "yuan.shp", encoding="gbk")
    packed = tmp_path / "设计院 园地.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in ("shp", "shx", "dbf"):
            archive.write(tmp_path / f"yuan.{part}", f"成果/yuan.{part}")
    return packed


def grown(garden):
    west, south, east, north = garden.bounds
    return shapely.box(west, south, east + (east - west) / 10, north)


def beside(garden):
    west, _, east, _ = garden.bounds
    return shapely.transform(garden, lambda xy: xy + np.array([1.5 * (east - west), 0]))


def in_gcj02(garden):
    return shapely.transform(garden, lambda xy: np.column_stack(wgs84_to_gcj02(xy[:, 0], xy[:, 1])))


def step(page, name):
    """Wait until the import has come to a step and nothing is under way."""
    page.wait_for_url(f"**/{name}*")
    page.wait_for_selector("main:not(:has(progress))")


def onward(page, name):
    page.locator("main .actions .button--main").click()
    step(page, name)


def uploaded(page, site, file):
    page.goto(f"{site}/desk/imports")
    page.select_option("select[name=layer]", "gardens")
    page.set_input_files("input[type=file]", file)
    page.locator("main form .button--main").click()
    step(page, "reading")


@pytest.mark.parametrize("width", [1440, 375])
def test_a_designers_shapefile_comes_to_the_public_map(site, visitors, designers_file, width):
    _, page = signed_in(visitors, site, "planner", width=width)
    uploaded(page, site, designers_file)
    expect(page.locator("input[name=encoding]:checked")).to_have_value("gb18030")
    expect(page.locator("main")).to_contain_text("桑园")
    refuse_barriers(page)

    onward(page, "position")
    expect(page.locator("main")).to_contain_text("提议")
    page.locator("label", has_text="GCJ-02").first.click()
    refuse_barriers(page)

    onward(page, "fields")
    page.locator("[name=constant-geometry_quality]").fill("surveyed")
    page.locator("[name=values-stage]").fill("启动 = start\n完成 = complete")
    refuse_barriers(page)

    onward(page, "difference")
    page.get_by_role("link", name="问题").click()
    step(page, "problems")
    expect(page.locator("main")).to_contain_text("GCJ-02")
    expect(page.locator("main")).not_to_contain_text("不能发布")
    refuse_barriers(page)

    onward(page, "difference")
    expect(page.locator(".sentences")).to_contain_text("桑园")
    expect(page.locator(".sentences")).to_contain_text("向东扩展")
    expect(page.locator(".sentences")).to_contain_text(HOSTILE)

    onward(page, "publish")
    reader = visitors(site).open("/projects")
    expect(reader.locator("main")).not_to_contain_text("南园")
    if page.locator("[name=seen]").count():
        page.locator("[name=seen]").check()
    page.fill("[name=reason]", "按设计院成果更新")
    page.locator("main .actions .button--main").click()
    page.wait_for_url("**/desk/layers/gardens*")
    reader.reload()
    expect(reader.locator("main")).to_contain_text(HOSTILE, timeout=1000)
    found = json.loads(reader.evaluate("fetch('/projects/G01.geojson').then((r) => r.text())"))
    west, south, east, north = shape(found["geometry"]).bounds
    own = json.loads((ROOT / "tests/town/gardens.geojson").read_text("utf-8"))["features"]
    assert [west, south, east, north] == pytest.approx(
        grown(shape(own[0]["geometry"])).bounds, abs=1e-6
    )


def refuse_barriers(page):
    """Nothing keeps anybody out, and nothing is wider than the screen."""
    assert faults(page, AXE.read_text("utf-8")) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
