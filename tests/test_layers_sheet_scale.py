"""A sheet is true to scale: a kilometre measures what the scale says, in the PDF and in the SVG."""

import json

import numpy as np
import pyproj
import pytest
import shapely

from geo.crs import to_metric
from layers.plan import Plan
from layers.sheet import SheetRequest, compose
from tests import paper

#: Paper, lying or not, scale.
SHEETS = (
    ("A4", True, 10_000),
    ("A4", False, 5_000),
    ("A3", True, 25_000),
    ("A2", False, 5_000),
    ("A1", True, 50_000),
)
HALF_A_MILLIMETRE = 0.5


@pytest.fixture
def kilometre(town, published):
    """The town with one street of exactly 1 km of its metric grid, in three pieces."""
    change = pyproj.Transformer.from_crs("EPSG:4544", "EPSG:4326", always_xy=True)
    east, north = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:4544", always_xy=True).transform(
        105.0, 30.6
    )
    steps = ((-300, -400), (-150, -200), (150, 200), (300, 400))
    places = [change.transform(east + x, north + y) for x, y in steps]
    path = town / "streets.geojson"
    content = json.loads(path.read_text("utf-8"))
    content["features"][0]["geometry"]["coordinates"] = places
    path.write_text(json.dumps(content), "utf-8")
    return Plan.open(published(town))


@pytest.mark.parametrize(("size", "landscape", "scale"), SHEETS)
def test_a_kilometre_measures_what_the_scale_says(kilometre, size, landscape, scale):
    request = SheetRequest(size, landscape, scale, layers=("streets",), centre=(105.0, 30.6))
    sheet = compose(kilometre, request)
    expected = np.array([250, 500, 250]) / scale * 1000
    (line,) = paper.svg_paths(sheet.write("svg"))["feature-T01"]
    assert paper.lengths(line) == pytest.approx(expected, abs=0.01)
    measured = [paper.lengths(p) for p in paper.pdf_paths(sheet.write("pdf")) if len(p) == 4]
    assert any(np.allclose(found, expected, atol=0.01) for found in measured)
    assert abs(paper.lengths(line).sum() - 1_000_000 / scale) < HALF_A_MILLIMETRE


def test_a_kilometre_at_1_2000_on_a_large_paper(kilometre):
    request = SheetRequest("A1", True, 2_000, layers=("streets",), centre=(105.0, 30.6))
    (line,) = paper.svg_paths(compose(kilometre, request).write("svg"))["feature-T01"]
    assert paper.lengths(line).sum() == pytest.approx(500, abs=0.01)


@pytest.mark.parametrize(("size", "landscape", "scale"), SHEETS)
def test_the_page_has_the_size_of_its_paper(kilometre, size, landscape, scale):
    request = SheetRequest(size, landscape, scale, layers=("streets",), centre=(105.0, 30.6))
    sheet = compose(kilometre, request)
    assert paper.svg_size(sheet.write("svg")) == pytest.approx(request.size_mm, abs=0.01)
    assert paper.pdf_size(sheet.write("pdf")) == pytest.approx(request.size_mm, abs=0.01)


@pytest.mark.parametrize("scale", [10_000, 25_000, 50_000])
def test_every_vertex_of_the_sample_stands_where_the_grid_says(sample, scale):
    plan = Plan.open(sample)
    sheet = compose(plan, SheetRequest("A0", True, scale, layers=("roads",)))
    drawn = paper.svg_paths(sheet.write("svg"))
    frame = plan.store.frame("roads", plan.publication("roads").version).set_index("id")
    ground = to_metric(frame, plan.catalog.zone.metric_crs).geometry["R08"]
    expected = shapely.get_coordinates(ground) / scale * 1000
    (line,) = drawn["feature-R08"]
    moved = line * (1, -1)
    assert np.abs((moved - moved[0]) - (expected - expected[0])).max() < 0.01


def test_the_scale_bar_is_true(sample):
    sheet = compose(Plan.open(sample), SheetRequest("A3", True, 25_000))
    paths = paper.svg_paths(sheet.write("svg"))
    bar = np.concatenate([paths[f"scalebar-{part}"][0] for part in range(4)])
    drawn_mm = bar[:, 0].max() - bar[:, 0].min()
    assert drawn_mm == pytest.approx(1_000 / 25, abs=0.01) or drawn_mm in {32.0, 40.0}
