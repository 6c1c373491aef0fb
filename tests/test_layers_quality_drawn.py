"""Shared ground within a layer, and what is stated against what is drawn."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from shapely import LineString, Polygon, box

from layers.catalog import Catalog
from layers.quality import measure, overlaps

METRIC = "EPSG:4549"
SAMPLE = Catalog.read(Path(__file__).parent.parent / "data")
PARKS, STUDIES = SAMPLE.layer("parks"), SAMPLE.layer("studies")
X, Y = 528_000.0, 3_506_000.0


def square(east, north, side):
    return box(X + east, Y + north, X + east + side, Y + north + side)


def frame(shapes, **columns):
    rows = range(1, len(shapes) + 1)
    usual = {"id": [f"P{row}" for row in rows], "name_zh": [f"园{row}" for row in rows]}
    plane = gpd.GeoDataFrame({**usual, **columns}, geometry=shapes, crs=METRIC, index=rows)
    return plane.to_crs("EPSG:4326")


def codes(problems):
    return [problem.kind.code for problem in problems]


def test_shared_ground_is_told_once_a_pair_with_its_area_and_place():
    """Squares of 100 m that share a strip of 10 m: 1,000 m², a tenth of each."""
    found = measure(
        frame([square(0, 0, 100), square(90, 0, 100), square(500, 0, 50)]), PARKS, METRIC
    )
    assert codes(found) == ["overlap-within-layer"]
    told = found[0]
    assert (told.row, told.feature, told.kind.severity) == (2, "P2", "warning")
    assert told.message("en") == "It shares 1,000 m² with row 1, “P1” (10.0% of the smaller one)"
    place = gpd.GeoSeries([shapely.Point(told.position)], crs="EPSG:4326").to_crs(METRIC).iloc[0]
    assert box(X + 90, Y, X + 100, Y + 100).contains(place)


@pytest.mark.parametrize(
    "shapes",
    [
        [square(0, 0, 100), square(100, 0, 100)],
        [square(0, 0, 100), square(99.995, 0, 100)],
        [square(0, 0, 100), None, LineString([(X, Y), (X + 50, Y + 50)])],
        [Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)]), square(0, 0, 100)],
    ],
    ids=["neighbours", "a sliver", "no polygon", "invalid"],
)
def test_what_shares_no_ground_is_not_told(shapes):
    assert measure(frame(shapes), PARKS, METRIC) == []


def test_a_layer_that_overlaps_by_its_nature_is_not_asked():
    shapes = [square(0, 0, 100), square(50, 0, 100)]
    assert measure(frame(shapes), PARKS, METRIC)
    assert STUDIES.may_overlap
    assert measure(frame(shapes), STUDIES, METRIC) == []


def test_whether_a_layer_may_overlap_is_no_part_of_a_version():
    assert "may_overlap" not in STUDIES.model_dump(mode="json")


@pytest.mark.parametrize(
    ("stated", "kind", "told"),
    [
        (10_000, "land", False),
        (10_500, "land", False),
        (10_600, "land", True),
        (9_400, "land", True),
        (0, "land", True),
        (None, "land", False),
        (18_000, "floor", False),
        (3, "count", False),
    ],
)
def test_a_stated_area_is_held_against_the_drawn_one(stated, kind, told):
    """A square of 100 m is 10,000 m²; more than 5 % apart is told."""
    found = measure(
        frame([square(0, 0, 100)], stated_value=[stated], stated_kind=[kind]), PARKS, METRIC
    )
    assert codes(found) == (["stated-against-drawn"] if told else [])


def test_a_sketch_is_named_where_its_area_is_apart():
    columns = {"stated_value": [20_000], "stated_kind": ["land"], "geometry_quality": ["schematic"]}
    found = measure(frame([square(0, 0, 100)], **columns), PARKS, METRIC)
    assert "示意" in found[0].message("zh")
    assert "-50.0%" in found[0].message("en")


def test_more_than_fifty_pairs_are_told_shortly_and_counted_all():
    row_of_squares = frame([square(50 * n, 0, 60) for n in range(61)])
    assert len(list(overlaps(row_of_squares, PARKS, METRIC))) == 60
    told = measure(row_of_squares, PARKS, METRIC)
    assert len(told) == 51
    assert told[-1].values["count"] == 10
