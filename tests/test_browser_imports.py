"""From a file that nobody prepared to the public map, in a real browser."""

import base64
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pytest
import shapely
from playwright.sync_api import expect
from shapely.geometry import shape

from geo.datum import wgs84_to_gcj02
from tests import bad_files
from tests.conftest import ROOT
from tests.desk import Desk, signed_in
from tests.test_browser_access import AXE, faults
from tests.ugly_files import (
    LOCAL_SQUARE,
    STATIONS,
    drawing_in_local_metres,
    gcj02_csv,
    geopackage_in_4528,
    kml_in_three_dimensions,
    sites_with_bow_ties,
)

pytestmark = pytest.mark.browser
#: The work of a step is done by processes of its own; on a busy machine they take their time.
WORK_MS = 90_000
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
    page.wait_for_url(f"**/{name}*", timeout=WORK_MS)
    page.wait_for_selector("main:not(:has(progress))", timeout=WORK_MS)


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
    page.locator("[name=constant-geometry_quality]").select_option("surveyed")
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
    page.wait_for_url("**/desk/layers/gardens*", timeout=WORK_MS)
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


# ---------------------------------------------------------------- files of every ugly kind


@dataclass(frozen=True)
class Ugly:
    """A file that nobody prepared, and what a planner answers to it.

    Attributes
    ----------
    made, layer, place
        What writes it, the layer it is for, and words of the position that is right.
    filled, ids
        Values for all rows, by field; whether rows without an id are to be given one.
    before, after, mend
        What else is done at the steps of reading, position and problems.
    told
        Words of a problem that must have been told.
    shapes
        What must be published, by name, in degrees.
    """

    made: Callable
    layer: str
    place: str
    told: str
    shapes: Callable
    filled: Mapping = field(default_factory=dict)
    ids: bool = False
    read: Callable = lambda page: None
    position: Callable = lambda page: None
    mend: Callable = lambda page: None
    width: int = 1440


CONTEXT = {
    "name_en": "As in the file",
    "geometry_quality": "surveyed",
    "basis_zh": "来文",
    "basis_en": "the file",
    "source": "来文",
}
PROJECT = {
    **CONTEXT,
    "action": "build",
    "stage": "advance",
    "lead": "zone",
    "year_basis": "undated",
    "year_certainty": "undated",
    "section": "3 planning",
}


def stations():
    return {name: shapely.Point(*where) for name, where in STATIONS.items()}


def in_degrees(shapes, crs="EPSG:4549"):
    return dict(
        zip(shapes, gpd.GeoSeries(list(shapes.values()), crs=crs).to_crs(4326), strict=True)
    )


def squares():
    return in_degrees(dict(zip(bad_files.NAMES, bad_files.frame().geometry, strict=True)))


def sites():
    """Those of the file that are published: the sound one, and the mended one with its pond."""
    west, south = 528_000, 3_506_000
    pond = [(west + 250, south + 100), (west + 260, south + 60), (west + 240, south + 60)]
    mended = shapely.box(west + 200, south, west + 300, south + 100) - shapely.Polygon(pond)
    return in_degrees(
        {"沿河改造地块": shapely.box(west, south, west + 90, south + 90), "带水塘地块": mended}
    )


def ground():
    """Where the drawing in local metres really lies: turned by 30 degrees."""
    return in_degrees(
        {"桑园": shapely.affinity.rotate(shapely.box(527_000, 3_507_000, 527_090, 3_507_090), 30)}
    )


def only_the_sites(page):
    page.locator("label", has_text="地块").first.click()


def control_points(page):
    """Two corners typed, two pointed at: roughly first, then enlarged and again."""
    corners = shapely.get_coordinates(ground()["桑园"])
    # A box begins at its south-eastern corner and runs against the clock.
    local = [LOCAL_SQUARE[n] for n in (1, 2, 3, 0)]
    for n, ((x, y), (lon, lat)) in enumerate(zip(local, corners, strict=False)):
        page.fill(f"[name=control-{n}-x]", f"{x}")
        page.fill(f"[name=control-{n}-y]", f"{y}")
        if n < 2:
            page.fill(f"[name=control-{n}-lon]", f"{lon:.8f}")
            page.fill(f"[name=control-{n}-lat]", f"{lat:.8f}")
            continue
        point_at(page, lon, lat)
        for _ in range(4):
            page.get_by_role("button", name="放大").click()
        point_at(page, lon, lat)
        page.get_by_role("button", name="整图").click()
        assert float(page.input_value(f"[name=control-{n}-lat]")) == pytest.approx(lat, abs=1e-5)
    expect(page.locator(".plate__control")).to_have_count(4)


def point_at(page, lon, lat):
    """Click where a place stands on the small map."""
    page.locator("#plate").scroll_into_view_if_needed()
    x, y = page.evaluate(PLACE_ON_PLATE, [lon, lat])
    page.mouse.click(x, y)


PLACE_ON_PLATE = """([lon, lat]) => {
  const plate = document.getElementById("plate");
  const { width: shownWidth, height: shownHeight } = plate.viewBox.baseVal;
  const [width, height] = [720, (720 * shownHeight) / shownWidth];
  const { west, east, south, north } = plate.dataset;
  const [right, down] = [(lon - west) / (east - west), (north - lat) / (north - south)];
  const { x, y } = new DOMPoint(right * width, down * height).matrixTransform(plate.getScreenCTM());
  return [x, y];
}"""


def mend_and_leave_out(page):
    """The ring around the pond is mended; the bow tie is two triangles then, and is left out."""
    expect(page.locator("main")).to_contain_text("错误处理完之前不能发布")
    page.get_by_role("button", name="修复自相交等图形").click()
    step(page, "problems")
    expect(page.locator(".repairs li")).to_have_count(2)
    page.locator("input[name=row][value='3']").first.check()
    page.fill("[name=reason]", "蝶形，设计院重画后再发布")
    page.get_by_role("button", name="不发布所选的行").click()
    step(page, "problems")
    expect(page.locator(".repairs li")).to_have_count(1)


UGLY = {
    "CSV": Ugly(gcj02_csv, "stations", "GCJ-02", "GCJ-02", stations, CONTEXT, width=375),
    "KML": Ugly(kml_in_three_dimensions, "industry", "WGS 84", "高程", stations, PROJECT, ids=True),
    "GeoPackage": Ugly(
        geopackage_in_4528, "parks", "EPSG:4528", "EPSG:4528", squares, PROJECT, ids=True
    ),
    "DXF": Ugly(
        drawing_in_local_metres,
        "environment",
        "用控制点定位",
        "4 个控制点",
        ground,
        {**PROJECT, "name_zh": "桑园"},
        ids=True,
        read=only_the_sites,
        position=control_points,
    ),
    "bow ties": Ugly(
        sites_with_bow_ties,
        "renovation",
        "EPSG:4549",
        "设计院重画",
        sites,
        PROJECT,
        ids=True,
        mend=mend_and_leave_out,
    ),
}


@pytest.fixture(scope="module")
def zone(sample, tmp_path_factory, serve):
    """A copy of the sample served, with an account of each role, for all journeys."""
    left = shutil.ignore_patterns("jobs", "private", "*.sqlite*", ".*.lock")
    made = Desk(shutil.copytree(sample, tmp_path_factory.mktemp("z") / "zone", ignore=left))
    made.close()
    return serve(made.settings.data).url


@pytest.mark.parametrize("kind", UGLY)
def test_an_ugly_file_comes_to_the_public_map(zone, visitors, tmp_path, kind):
    ugly = UGLY[kind]
    _, page = signed_in(visitors, zone, "planner", width=ugly.width)
    brought_in(page, zone, ugly, ugly.made(tmp_path))
    answered(page, ugly)
    reader = visitors(zone)
    shown = reader.open("/projects")
    assert set(names(shown, ugly.layer)) != ugly.shapes().keys()
    published(page, ugly)
    assert_shown(shown, ugly)
    drawn = reader.map().drawn()[ugly.layer]
    assert len(drawn) == len(ugly.shapes())


def brought_in(page, site, ugly, file):
    """Drop the file on the form."""
    page.goto(f"{site}/desk/imports")
    page.select_option("select[name=layer]", ugly.layer)
    content = base64.b64encode(file.read_bytes()).decode()
    dropped = page.evaluate_handle(DROPPED, [file.name, content])
    page.dispatch_event("#drop", "drop", {"dataTransfer": dropped})
    refuse_barriers(page)
    page.locator("main form .button--main").click()
    page.wait_for_url(re.compile("/(reading|position)$"), timeout=WORK_MS)


DROPPED = """([name, text]) => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], name));
  return dropped;
}"""


def answered(page, ugly):
    """Every step up to the publication."""
    if page.url.endswith("reading"):
        ugly.read(page)
        refuse_barriers(page)
        onward(page, "position")
    page.locator("label", has_text=ugly.place).first.click()
    ugly.position(page)
    refuse_barriers(page)
    onward(page, "fields")
    for name, value in ugly.filled.items():
        fill(page.locator(f"[name=constant-{name}]"), value)
    page.locator("[name=make_ids]").set_checked(ugly.ids)
    refuse_barriers(page)
    page.locator("main .actions .button--main").click()
    page.wait_for_url(re.compile("/(problems|difference)$"), timeout=WORK_MS)
    step(page, "")
    ugly.mend(page)
    page.get_by_role("link", name="问题").click()
    step(page, "problems")
    expect(page.locator("main")).to_contain_text(ugly.told)
    refuse_barriers(page)
    onward(page, "difference")
    refuse_barriers(page)
    onward(page, "publish")


def fill(control, value):
    if control.evaluate("(node) => node.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)


def published(page, ugly):
    """The last step; returns as soon as the planner is told."""
    if page.locator("[name=seen]").count():
        page.locator("[name=seen]").check()
    page.fill("[name=reason]", "按来文更新")
    refuse_barriers(page)
    page.locator("main .actions .button--main").click()
    page.wait_for_url(f"**/desk/layers/{ugly.layer}*", timeout=WORK_MS)


SEEN = """async (layer) => {
  const began = performance.now();
  const { layers } = await (await fetch("/layers", { cache: "no-cache" })).json();
  const { links } = layers.find((one) => one.id === layer);
  const { features } = await (await fetch(links.features)).json();
  return { features, took: performance.now() - began };
}"""


def names(page, layer):
    """The names of what the public map shows of a layer."""
    return [one["properties"]["name_zh"] for one in page.evaluate(SEEN, layer)["features"]]


def assert_shown(page, ugly):
    """A reader who asks at once is given what was published, where it lies, within a second."""
    seen = page.evaluate(SEEN, ugly.layer)
    assert seen["took"] < 1000
    found = {one["properties"]["name_zh"]: shape(one["geometry"]) for one in seen["features"]}
    wanted = ugly.shapes()
    assert found.keys() == wanted.keys()
    for name, one in wanted.items():
        assert found[name].hausdorff_distance(one) < 1e-5, name
        assert not found[name].has_z
