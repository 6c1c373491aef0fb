"""The ruler of the page measures as the server does: `measure.js` against `geo.measure`."""

import json
import math
import random
import shutil
import subprocess

import geopandas as gpd
import pytest
import shapely

from geo import crs, measure
from webapp.assets import VENDOR, asset_path

STATIC = VENDOR.parent
#: Zones of the sample and of the fictitious town, each with a box to draw in.
ZONES = {
    "EPSG:4549": (120.03, 31.54, 120.41, 31.78),
    "EPSG:4544": (104.80, 30.50, 105.20, 30.70),
}
#: The figures that a page shows may differ by a thousandth; those of the functions agree closely.
CLOSE = 1e-7

PROGRAM = """
const fs = require("node:fs");
const given = JSON.parse(fs.readFileSync(0, "utf8"));
const proj4 = require(given.proj4);
const source = fs.readFileSync(given.module).toString("base64");
import(`data:text/javascript;base64,${source}`).then((measure) => {
  const project = measure.projector(proj4, given.definition);
  const figures = given.shapes.map((shape) => ({
    length: measure.lengthM(shape, project),
    perimeter: measure.perimeterM(shape, project),
    area: measure.areaM2(shape, project),
  }));
  const write = (figure) => [measure.formatLength(figure), measure.formatArea(figure)];
  const written = given.figures.map(write);
  console.log(JSON.stringify({ figures, written }));
});
"""


def node(shapes, *, code="EPSG:4549", figures=()):
    """What the module of the page says of lists of positions, and how it writes figures."""
    program = shutil.which("node")
    assert program, "node is missing: it runs the scripts of the page"
    given = {
        "proj4": str(STATIC / asset_path("proj4", "proj4.js")),
        "module": str(STATIC / "js" / "measure.js"),
        "definition": crs.proj4(crs.metric_crs(code)),
        "shapes": shapes,
        "figures": list(figures),
    }
    done = subprocess.run(
        [program, "-e", PROGRAM],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def in_degrees(shapes):
    return gpd.GeoSeries(shapes, crs="EPSG:4326")


def star(random_, box, corners):
    """A ring around a random place that does not cross itself, in degrees, not closed."""
    west, south, east, north = box
    lon, lat = random_.uniform(west, east), random_.uniform(south, north)
    size = 10 ** random_.uniform(-4, -1.5)
    angles = sorted(random_.uniform(0, 2 * math.pi) for _ in range(corners))
    return [
        [lon + size * reach * math.cos(angle), lat + size * reach * math.sin(angle)]
        for angle in angles
        for reach in [random_.uniform(0.3, 1)]
    ]


@pytest.fixture(scope="module", params=ZONES.items(), ids=ZONES.keys())
def drawn(request):
    """Shapes of all sizes somebody may measure, and what the page says of them."""
    code, box = request.param
    random_ = random.Random(code)  # noqa: S311 - the same shapes each time
    shapes = [star(random_, box, corners) for corners in (3, 4, 5, 8, 20, 100) for _ in range(10)]
    return code, shapes, node(shapes, code=code)["figures"]


def test_lengths_are_those_of_the_server(drawn):
    code, shapes, figures = drawn
    lines = in_degrees([shapely.LineString(shape) for shape in shapes])
    lengths = [figure["length"] for figure in figures]
    assert lengths == pytest.approx(measure.length_m(lines, code).tolist(), rel=CLOSE)


def test_perimeters_are_those_of_the_server(drawn):
    code, shapes, figures = drawn
    rings = in_degrees([shapely.LineString([*shape, shape[0]]) for shape in shapes])
    perimeters = [figure["perimeter"] for figure in figures]
    assert perimeters == pytest.approx(measure.length_m(rings, code).tolist(), rel=CLOSE)


def test_areas_are_those_of_the_server(drawn):
    code, shapes, figures = drawn
    polygons = in_degrees([shapely.Polygon(shape) for shape in shapes])
    assert polygons.is_valid.sum() > len(shapes) / 2
    wanted = measure.area_m2(polygons, code).tolist()
    areas = [math.nan if figure["area"] is None else figure["area"] for figure in figures]
    assert areas == pytest.approx(wanted, rel=CLOSE, nan_ok=True)


def test_a_ring_that_crosses_itself_has_no_area_on_either_side():
    bow_tie = [[120.30, 31.68], [120.31, 31.69], [120.31, 31.68], [120.30, 31.69]]
    [figure] = node([bow_tie])["figures"]
    assert figure["area"] is None, "JSON writes NaN as null"
    [area] = measure.area_m2(in_degrees([shapely.Polygon(bow_tie)]), "EPSG:4549").tolist()
    assert math.isnan(area)


def test_a_square_kilometre_of_the_grid_is_100_hectares():
    corner = gpd.GeoSeries([shapely.Point(120.30, 31.68)], crs="EPSG:4326").to_crs("EPSG:4549")[0]
    square = shapely.box(corner.x, corner.y, corner.x + 1000, corner.y + 1000)
    degrees = gpd.GeoSeries([square], crs="EPSG:4549").to_crs("EPSG:4326")[0]
    [figure] = node([[list(place) for place in degrees.exterior.coords[:-1]]])["figures"]
    assert figure["area"] / 10_000 == pytest.approx(100, abs=0.01)
    assert figure["perimeter"] == pytest.approx(4000, abs=0.01)


def test_fewer_than_three_positions_have_no_area():
    line = [[120.30, 31.68], [120.31, 31.69]]
    figures = node([line, line[:1], []])["figures"]
    assert [figure["area"] for figure in figures] == [0, 0, 0]
    assert [figure["length"] > 0 for figure in figures] == [True, False, False]


def test_figures_are_written_in_units_that_each_come_from_the_figure_itself():
    written = node([], figures=(12.34, 666.6, 123456.7))["written"]
    assert written == [
        ["12.3 m", ["12 ㎡", "0.0012 公顷", "0.02 亩"]],
        ["667 m", ["667 ㎡", "0.0667 公顷", "1 亩"]],
        ["123.457 km", ["123457 ㎡", "12.35 公顷", "185.2 亩"]],
    ]
