"""What find tells, what repair mends, and that hostile shapes end in time."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo import limits
from geo.errors import CrsError, Problem
from geo.shapes import find, mend_invalid, repair
from geo.types import BBox
from tests.bad_files import many_vertices

BOUNDS = BBox(120.03, 31.54, 120.41, 31.78)
METRIC = "EPSG:4549"
SQUARE = shapely.box(120.30, 31.68, 120.31, 31.69)
BOW_TIE = shapely.Polygon([(120.3, 31.6), (120.31, 31.61), (120.31, 31.6), (120.3, 31.61)])


def frame(*shapes: BaseGeometry | None, **columns: Any) -> gpd.GeoDataFrame:
    index = range(1, len(shapes) + 1)
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4326, index=index)


def found(*shapes: BaseGeometry | None, allowed: str = "Polygon") -> list[Problem]:
    return find(frame(*shapes), [allowed], BOUNDS)


def codes(*shapes: BaseGeometry | None, allowed: str = "Polygon") -> list[tuple[int | None, str]]:
    return [(problem.row, problem.kind.code) for problem in found(*shapes, allowed=allowed)]


def test_sound_shapes_have_no_problem() -> None:
    assert codes(SQUARE, shapely.MultiPolygon([SQUARE])) == []
    assert codes(shapely.Point(120.3, 31.68), allowed="Point") == []
    assert find(frame(), ["Point"], BOUNDS) == []


def test_every_row_is_told_at_once() -> None:
    line = shapely.LineString([(120.3, 31.68), (120.31, 31.68)])
    outside = shapely.box(121, 31.6, 121.1, 31.7)
    swapped = shapely.transform(SQUARE, lambda where: where[:, ::-1])
    assert codes(None, shapely.Polygon(), line, SQUARE, outside, swapped, BOW_TIE) == [
        (1, "geometry-null"),
        (2, "geometry-empty"),
        (3, "geometry-type"),
        (5, "out-of-bounds"),
        (6, "axes-swapped"),
        (7, "geometry-invalid"),
    ]


def test_one_row_may_have_several_problems() -> None:
    far = shapely.transform(BOW_TIE, lambda where: where + np.array([4, 0]))
    assert codes(far, allowed="LineString") == [
        (1, "geometry-type"),
        (1, "out-of-bounds"),
        (1, "geometry-invalid"),
    ]


def test_the_place_of_a_problem() -> None:
    partly = shapely.Polygon([(120.3, 31.6), (121.0, 31.6), (120.3, 31.7)])
    (problem,) = found(partly)
    assert (problem.vertex, problem.position) == (2, (121.0, 31.6))
    assert "共 1 个顶点" in problem.message()
    (problem,) = found(BOW_TIE)
    assert problem.position == pytest.approx((120.305, 31.605))
    assert "自相交" in problem.message()
    assert "crosses itself" in problem.message("en")


RING = SQUARE.exterior
DIAMOND = [(120.3, 31.685), (120.305, 31.69), (120.31, 31.685), (120.305, 31.68)]
SMALL = shapely.box(120.301, 31.681, 120.309, 31.689)


def pierced(*holes: Any) -> shapely.Polygon:
    return shapely.Polygon(RING, holes)


@pytest.mark.parametrize(
    ("shape", "word"),
    [
        (pierced(shapely.box(120.32, 31.68, 120.33, 31.69).exterior), "洞在外"),
        (pierced(SMALL.exterior, SMALL.buffer(-0.002).exterior), "洞中套洞"),
        (pierced(DIAMOND), "切断"),
        (shapely.MultiPolygon([SQUARE, SMALL]), "面中套面"),
        (shapely.Polygon([(120.3, 31.6), (120.31, 31.6), (120.3, 31.6), (120.3, 31.6)]), "太少"),
    ],
)
def test_reasons_in_plain_words(shape: BaseGeometry, word: str) -> None:
    problems = [p for p in found(shape) if p.kind.code == "geometry-invalid"]
    assert len(problems) == 1
    assert word in problems[0].message()


def test_numbers_that_are_none() -> None:
    with np.errstate(invalid="ignore"):
        nan = shapely.from_wkt("LINESTRING (120.3 31.6, nan 31.6)")
        inf = shapely.from_wkt("LINESTRING (120.3 31.6, 120.31 inf)")
    for bounds in (BOUNDS, None):
        problems = find(frame(nan, inf), ["LineString"], bounds)
        told = [(p.row, p.vertex) for p in problems if p.kind.code == "position-not-finite"]
        assert told == [(1, 2), (2, 2)]


def test_metres_are_told_with_a_guess() -> None:
    (problem,) = found(shapely.box(40_528_000, 3_506_000, 40_529_000, 3_507_000))
    assert problem.kind.code == "crs-wrong"
    assert "EPSG:4528" in problem.hint()


def test_without_bounds_any_place_will_do() -> None:
    assert find(frame(shapely.box(-10, -10, 10, 10)), ["Polygon"], None) == []


def test_the_id_of_a_feature_is_named() -> None:
    (problem,) = find(frame(BOW_TIE, id=["P07"]), ["Polygon"], BOUNDS)
    assert problem.feature == "P07"


def test_a_frame_without_crs_is_refused() -> None:
    with pytest.raises(CrsError):
        find(gpd.GeoDataFrame(geometry=[SQUARE]), ["Polygon"], BOUNDS)


# ---------------------------------------------------------------- hostile shapes


def tangled(count: int, seed: int = 7) -> shapely.Polygon:
    where = np.random.default_rng(seed).uniform(size=(count, 2)) * 0.1 + (120.2, 31.6)
    return shapely.Polygon(where)


def test_a_ring_of_too_many_vertices_is_not_tried() -> None:
    huge = shapely.Polygon(many_vertices(limits.RING_VERTICES + 2))
    parts = shapely.MultiPolygon([SQUARE, huge])
    problems = found(huge, parts, SQUARE)
    assert [(p.row, p.kind.code) for p in problems] == [
        (1, "geometry-too-large"),
        (2, "geometry-too-large"),
    ]
    assert problems[0].values["count"] == limits.RING_VERTICES + 2
    assert mend_invalid(frame(huge), METRIC)[1] == []


def test_a_tangle_is_found_and_not_mended() -> None:
    knot = tangled(5_000)
    assert codes(knot) == [(1, "geometry-invalid")]
    mended, problems = mend_invalid(frame(knot), METRIC)
    assert [problem.kind.code for problem in problems] == ["geometry-not-mended"]
    assert mended.geometry.iloc[0].equals_exact(knot, 0)


def test_a_large_tangle_is_told_without_being_checked() -> None:
    knot = tangled(limits.RING_VERTICES - 1)
    (problem,) = found(knot)
    assert problem.kind.code == "geometry-invalid"
    assert "10000" in problem.message()
    _, problems = mend_invalid(frame(knot), METRIC)
    assert [problem.kind.code for problem in problems] == ["geometry-not-mended"]


def test_a_large_sound_ring_is_sound() -> None:
    assert codes(shapely.Polygon(many_vertices(50_000))) == []


def test_a_small_tangle_is_mended() -> None:
    mended, problems = mend_invalid(frame(tangled(60)), METRIC)
    assert [problem.kind.code for problem in problems] == ["geometry-mended"]
    assert mended.geometry.is_valid.all()


# ---------------------------------------------------------------- mends


def test_repair_changes_no_figure_and_tells_what_it_did() -> None:
    clockwise = shapely.Polygon([(120.3, 31.6), (120.3, 31.61), (120.31, 31.61), (120.31, 31.6)])
    high = shapely.Polygon([(120.3, 31.6, 9), (120.31, 31.6, 9), (120.31, 31.61, 9)])
    twice = shapely.Polygon([(120.3, 31.6), (120.31, 31.6), (120.31, 31.6), (120.31, 31.61)])
    before = frame(clockwise, high, twice, SQUARE, None, id=["a", "b", "c", "d", None])
    after, problems = repair(before)
    assert [(p.row, p.feature, p.kind.code) for p in problems] == [
        (2, "b", "height-dropped"),
        (3, "c", "points-repeated"),
        (1, "a", "rings-turned"),
    ]
    assert all(problem.kind.severity == "note" for problem in problems)
    assert (shapely.area(after.geometry) == shapely.area(before.geometry))[:4].all()
    assert after.geometry.iloc[:4].exterior.is_ccw.all()
    assert not after.geometry.iloc[1].has_z
    assert len(after.geometry.iloc[2].exterior.coords) == 4
    assert after.geometry.iloc[4] is None
    assert after.drop(columns="geometry").equals(before.drop(columns="geometry"))
    assert before.geometry.iloc[0].equals_exact(clockwise, 0)
    assert repair(after)[1] == []


def test_measures_are_never_taken_for_heights() -> None:
    measured = shapely.from_wkt("LINESTRING M (120.3 31.6 5, 120.31 31.6 6)")
    after, problems = repair(frame(measured))
    assert [problem.kind.code for problem in problems] == ["height-dropped"]
    assert after.geometry.iloc[0].wkt == "LINESTRING (120.3 31.6, 120.31 31.6)"


def test_points_are_left_alone() -> None:
    points = shapely.MultiPoint([(120.3, 31.6), (120.3, 31.6)])
    after, problems = repair(frame(points))
    assert problems == []
    assert len(after.geometry.iloc[0].geoms) == 2


def test_repair_of_nothing() -> None:
    after, problems = repair(frame())
    assert (len(after), problems) == (0, [])


def test_mending_tells_both_areas() -> None:
    notched = shapely.Polygon(
        [(120.30, 31.60), (120.31, 31.60), (120.31, 31.61), (120.305, 31.599), (120.30, 31.61)]
    )
    before = frame(SQUARE, notched, None, shapely.Point(120.3, 31.6), id=list("abcd"))
    after, problems = mend_invalid(before, METRIC)
    (problem,) = problems
    assert (problem.row, problem.feature, problem.kind.severity) == (2, "b", "warning")
    assert after.geometry.iloc[1].is_valid
    assert problem.values["after"] in problem.message()
    area = after.geometry.to_crs(METRIC).iloc[1].area
    assert problem.values["after"] == f"{area:,.1f}"
    assert after.geometry.iloc[0].equals_exact(SQUARE, 0)
    assert after.geometry.iloc[2] is None
    assert mend_invalid(after, METRIC)[1] == []


def test_what_collapses_is_not_mended() -> None:
    flat = shapely.Polygon([(120.3, 31.6), (120.31, 31.6), (120.32, 31.6), (120.3, 31.6)])
    after, problems = mend_invalid(frame(flat), METRIC)
    assert [problem.kind.code for problem in problems] == ["geometry-not-mended"]
    assert after.geometry.iloc[0].equals_exact(flat, 0)


_PLACE = st.tuples(st.integers(0, 30), st.integers(0, 30))


@settings(deadline=None, max_examples=100)
@given(st.lists(_PLACE, min_size=3, max_size=10))
def test_find_repair_and_mend_agree(places: list[tuple[int, int]]) -> None:
    shape = shapely.Polygon([(120.3 + x / 1000, 31.6 + y / 1000) for x, y in places])
    repaired, _ = repair(frame(shape))
    is_valid = bool(repaired.geometry.is_valid.iloc[0])
    told = [p.kind.code for p in find(repaired, ["Polygon"], BOUNDS)]
    assert told == ([] if is_valid else ["geometry-invalid"])
    mended, problems = mend_invalid(repaired, METRIC)
    assert len(problems) == (not is_valid)
    if [problem.kind.code for problem in problems] != ["geometry-not-mended"]:
        assert mended.geometry.is_valid.all()
