"""Splitting at the lines of zones: the parts sum to the whole, and nothing is counted twice."""

from __future__ import annotations

from random import Random

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import ellipsoid, overlay, splitting
from geo.crs import known_crs
from geo.errors import CrsError
from geo.measure import geodesic_area_m2
from geo.overlay import dissolve, net_m2, overlapping
from geo.splitting import OUTSIDE, clip_shapes, pairs_of_parts, split, split_shapes
from geo.threads import asked, in_threads
from tests.statistics_plan import METRIC, X, Y, box, line


def array(*shapes: shapely.Geometry | None) -> np.ndarray:
    found = np.full(len(shapes), None)
    found[:] = shapes
    return found


WEST, EAST = box(0, 0, 100, 100), box(100, 0, 200, 100)


def test_what_lies_in_one_zone_is_left_as_it_is() -> None:
    shape = box(10, 10, 20, 20)
    parts = split_shapes(array(shape), array(WEST, EAST))
    assert parts.shapes.tolist() == [shape]
    assert (parts.zone.tolist(), parts.cut.tolist()) == ([0], [False])


def test_a_shape_over_two_zones_and_beyond() -> None:
    parts = split_shapes(array(box(50, 50, 250, 150)), array(WEST, EAST))
    assert parts.zone.tolist() == [0, 1, OUTSIDE]
    assert shapely.area(parts.shapes).tolist() == pytest.approx([2500, 5000, 12500])
    assert parts.cut.all()


def test_the_frame_keeps_its_labels_and_its_order() -> None:
    frame = gpd.GeoSeries([box(150, 0, 250, 10), None, box(0, 0, 9, 9)], ["b", "n", "a"], METRIC)
    zones = gpd.GeoSeries([WEST, EAST], ["W", "E"], METRIC)
    parts = split(frame, zones, METRIC)
    assert list(zip(parts["row"], parts["zone"], parts["cut"], strict=True)) == [
        ("b", "E", True),
        ("b", None, True),
        ("a", "W", False),
    ]
    assert parts.crs == known_crs(METRIC)
    degrees = split(frame.to_crs(4326), zones.to_crs(4326), METRIC)
    assert degrees.area.tolist() == pytest.approx(parts.area.tolist(), abs=1e-3)


def test_degrees_are_refused() -> None:
    frame = gpd.GeoSeries([WEST], crs=METRIC)
    for crs in ("EPSG:4326", "EPSG:3857"):
        with pytest.raises(CrsError):
            split(frame, frame, crs)


def test_a_line_along_a_border_is_counted_once() -> None:
    parts = split_shapes(array(line((100, -10), (100, 110))), array(WEST, EAST))
    assert parts.zone.tolist() == [0, OUTSIDE]
    assert shapely.length(parts.shapes).tolist() == pytest.approx([100, 20])
    inside = split_shapes(array(line((100, 10), (100, 90))), array(WEST, EAST))
    assert inside.zone.tolist() == [0]


def test_a_line_that_leaves_the_border() -> None:
    parts = split_shapes(array(line((100, 10), (100, 50), (150, 50))), array(WEST, EAST))
    assert parts.zone.tolist() == [0, 1]
    assert shapely.length(parts.shapes).tolist() == pytest.approx([40, 50])


def test_a_point_lies_in_the_first_zone_that_has_it() -> None:
    x, y = X, Y
    parts = split_shapes(
        array(shapely.Point(x + 100, y + 50), shapely.Point(x - 1, y)), array(WEST, EAST)
    )
    assert parts.zone.tolist() == [0, OUTSIDE]


def test_touching_a_zone_is_not_lying_in_it() -> None:
    parts = split_shapes(array(box(200, 0, 300, 100)), array(WEST, EAST))
    assert (parts.zone.tolist(), parts.cut.tolist()) == ([OUTSIDE], [False])


def test_where_zones_overlap_the_first_has_the_ground() -> None:
    parts = split_shapes(array(box(0, 0, 200, 100)), array(WEST, box(50, 0, 200, 100)))
    assert shapely.area(parts.shapes).tolist() == pytest.approx([10_000, 10_000])


def test_a_polygon_along_the_line_of_an_earlier_zone_is_left_as_it_is() -> None:
    shape = box(100, 20, 120, 40)
    parts = split_shapes(array(shape), array(WEST, EAST))
    assert (parts.shapes.tolist(), parts.zone.tolist()) == ([shape], [1])


def test_overlapping_zones_and_ground_outside_do_not_make_up_for_each_other() -> None:
    zones = array(WEST, box(50, 0, 120, 100))
    parts = split_shapes(array(box(0, 0, 170, 10)), zones)
    assert parts.zone.tolist() == [0, 1, OUTSIDE]
    assert shapely.area(parts.shapes).tolist() == pytest.approx([1000, 200, 500])


def test_a_shape_in_many_pieces_of_one_zone() -> None:
    comb = shapely.union_all([box(0, 150, 190, 160), *[box(x, 90, x + 5, 155) for x in (10, 150)]])
    parts = split_shapes(array(comb), array(WEST, EAST))
    assert parts.zone.tolist() == [0, 1, OUTSIDE]
    assert shapely.area(parts.shapes).sum() == pytest.approx(comb.area)


def test_clip_keeps_the_inside() -> None:
    parts = clip_shapes(array(box(50, 0, 150, 10), box(300, 0, 310, 10), None), WEST)
    assert (parts.owner.tolist(), parts.cut.tolist()) == ([0], [True])
    assert parts.shapes[0].area == pytest.approx(500)


def test_nothing_at_all() -> None:
    assert len(split_shapes(array(), array(WEST)).owner) == 0
    assert split_shapes(array(WEST), array()).zone.tolist() == [OUTSIDE]
    assert len(clip_shapes(array(WEST), shapely.Polygon()).owner) == 0


# ---------------------------------------------------------------- identities

_EDGE = st.integers(0, 300)


@st.composite
def boxes(draw: st.DrawFn, most: int = 8) -> list[shapely.Polygon]:
    edges = draw(st.lists(st.tuples(_EDGE, _EDGE, _EDGE, _EDGE), min_size=1, max_size=most))
    return [box(min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1) for a, b, c, d in edges]


@st.composite
def triangles(draw: st.DrawFn) -> list[shapely.Polygon]:
    corner = st.tuples(st.floats(0, 300), st.floats(0, 300))
    found = draw(st.lists(st.tuples(corner, corner, corner), min_size=1, max_size=8))
    shapes = [shapely.Polygon(line(*corners, corners[0]).coords) for corners in found]
    return [shape for shape in shapes if shape.is_valid and shape.area > 1] or [WEST]


@settings(deadline=None, max_examples=300)
@given(st.one_of(boxes(), triangles()), boxes(4))
def test_the_parts_sum_to_the_whole(shapes: list, zones: list) -> None:
    parts = split_shapes(array(*shapes), array(*zones))
    sums = np.bincount(parts.owner, weights=shapely.area(parts.shapes), minlength=len(shapes))
    assert sums == pytest.approx(shapely.area(array(*shapes)), abs=0.05)
    lost = shapely.area(array(*shapes))[parts.owner] - shapely.area(parts.shapes)
    assert parts.cut[lost > 0.01].all()
    assert not parts.cut[lost < 1e-7].any()
    inside = parts.where(parts.zone != OUTSIDE)
    ground = shapely.union_all(zones)
    assert shapely.area(inside.shapes).sum() == pytest.approx(
        sum(shape.intersection(ground).area for shape in shapes), abs=0.05
    )


@settings(deadline=None, max_examples=200)
@given(st.one_of(boxes(), triangles()), boxes(4))
def test_ground_that_several_zones_claim_is_the_first_ones(shapes: list, zones: list) -> None:
    parts = split_shapes(array(*shapes), array(*zones))
    for place, zone in enumerate(zones):
        own = zone - shapely.union_all(zones[:place])
        expected = [shape.intersection(own).area for shape in shapes]
        here = parts.where(parts.zone == place)
        found = np.bincount(here.owner, weights=shapely.area(here.shapes), minlength=len(shapes))
        assert found == pytest.approx(expected, abs=0.05)


@settings(deadline=None, max_examples=100)
@given(st.one_of(boxes(), triangles()), boxes(4), st.randoms(use_true_random=False))
def test_the_order_of_the_shapes_and_a_second_copy_change_no_part(
    shapes: list, zones: list, random: Random
) -> None:
    mixed = random.sample([*range(len(shapes))] * 2, 2 * len(shapes))
    parts = split_shapes(array(*shapes), array(*zones))
    again = split_shapes(array(*shapes)[mixed], array(*zones))
    for place, shape in enumerate(mixed):
        one, two = parts.where(parts.owner == shape), again.where(again.owner == place)
        assert one.zone.tolist() == two.zone.tolist()
        assert one.cut.tolist() == two.cut.tolist()
        assert shapely.equals_exact(one.shapes, two.shapes, 1e-6).all()


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.tuples(_EDGE, _EDGE), st.tuples(_EDGE, _EDGE)), min_size=1, max_size=6),
    boxes(4),
)
def test_lines_sum_to_the_whole_too(ends: list, zones: list) -> None:
    shapes = [line(one, two) for one, two in ends if one != two] or [line((0, 0), (1, 1))]
    parts = split_shapes(array(*shapes), array(*zones))
    sums = np.bincount(parts.owner, weights=shapely.length(parts.shapes), minlength=len(shapes))
    assert sums == pytest.approx(shapely.length(array(*shapes)), abs=0.05)


@settings(deadline=None, max_examples=300)
@given(st.one_of(boxes(), triangles()))
def test_dissolving_by_heaps_is_one_union(shapes: list) -> None:
    polygons = array(*shapes)
    found = dissolve(polygons, *overlapping(polygons))
    assert shapely.area(found.shapes).sum() == pytest.approx(
        shapely.union_all(polygons).area, abs=1e-6
    )
    assert not found.on_grid
    doubled = gpd.GeoSeries([*shapes, *shapes], crs=METRIC)
    assert net_m2(doubled, METRIC) == pytest.approx(net_m2(doubled.iloc[: len(shapes)], METRIC))


def test_neighbours_are_not_overlapping() -> None:
    grid = array(*[box(x, y, x + 10, y + 10) for x in range(0, 50, 10) for y in range(0, 50, 10)])
    first, second = overlapping(grid)
    assert len(first) == len(second) == 0
    assert dissolve(grid, first, second).shapes is grid


def test_a_union_that_fails_is_made_on_a_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    union = shapely.union_all

    def fragile(shapes: np.ndarray, **options: float) -> shapely.Geometry:
        if "grid_size" not in options:
            raise shapely.GEOSException("TopologyException")
        return union(shapes, **options)

    monkeypatch.setattr(shapely, "union_all", fragile)
    polygons = array(box(0, 0, 10, 10), box(5, 0, 15, 10))
    found = dissolve(polygons, *overlapping(polygons))
    assert found.on_grid
    assert shapely.area(found.shapes).sum() == pytest.approx(150)


def test_one_union_on_a_grid_leaves_the_others_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    union = shapely.union_all

    def fragile(shapes: np.ndarray, axis: int | None = None, **options: float) -> shapely.Geometry:
        if "grid_size" not in options and (axis is not None or shapes.area == 200):
            raise shapely.GEOSException("TopologyException")
        return union(shapes, axis=axis, **options)

    monkeypatch.setattr(shapely, "union_all", fragile)
    polygons = array(*[box(x, 0, x + 10, 10) for x in (0, 5, 50, 53.1234567)], box(90, 0, 99, 9))
    polygons[0] = box(0, 0, 9, 10)
    found = dissolve(polygons, *overlapping(polygons))
    assert dict(zip(found.member.tolist(), found.gridded.tolist(), strict=True)) == {
        4: False,
        0: False,
        2: True,
    }


def test_only_the_pair_that_fails_is_worked_out_on_a_grid() -> None:
    def fragile(one: np.ndarray, two: np.ndarray, **options: float) -> np.ndarray:
        if "grid_size" not in options and shapely.area(one).max() > 50:
            raise shapely.GEOSException("TopologyException")
        return shapely.intersection(one, two, **options)

    shapes = array(box(0, 0, 7, 7.1234567), box(0, 0, 8, 7.1234567))
    narrow, wide = splitting._exact_or_grid(fragile, shapes, array(WEST, WEST))
    assert narrow.area == pytest.approx(7 * 7.1234567, abs=1e-6)
    assert wide.area == pytest.approx(8 * 7.123, abs=1e-6)


def test_a_park_under_many_plots_meets_each_that_has_ground_in_it() -> None:
    plots = [box(x, y, x + 5, y + 5) for x in range(0, 400, 10) for y in range(0, 400, 10)]
    park = box(0, 0, 200, 395).difference(box(40, 40, 50, 50))
    for place in (0, 700, len(plots)):
        polygons = array(*plots[:place], park, *plots[place:])
        first, second = overlapping(polygons)
        among = np.flatnonzero(shapely.area(shapely.intersection(polygons, park)) > 0)
        assert sorted({*first.tolist(), *second.tolist()}) == among.tolist()
        assert (first < second).all()
        assert len(first) == len(among) - 1 == 20 * 40 - 1
        assert not shapely.is_prepared(polygons).any()


# ---------------------------------------------------------------- the ellipsoid


@settings(deadline=None, max_examples=100)
@given(boxes())
def test_areas_on_the_ellipsoid_are_those_of_geodesics(shapes: list) -> None:
    series = gpd.GeoSeries(shapes, crs=METRIC)
    found = ellipsoid.areas_m2(array(*shapes), series.crs)
    expected = geodesic_area_m2(series).to_numpy()
    # The geodesic of a few square metres rounds in the sixth place itself: degrees have 1e-14 of
    # a turn, while ours gives the same share at every size.
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-5)


_KM = st.floats(-20, 20)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(_KM, _KM, st.floats(50, 900)), min_size=1, max_size=20))
def test_areas_on_the_ellipsoid_all_over_a_zone(places: list) -> None:
    corners = [(1000 * x, 1000 * y, size) for x, y, size in places]
    shapes = [
        box(x, y, x + size, y + size) - box(x, y, x + size / 2, y + size / 3)
        for x, y, size in corners
    ]
    series = gpd.GeoSeries(shapes, crs=METRIC)
    found = ellipsoid.areas_m2(array(*shapes), series.crs)
    assert found == pytest.approx(geodesic_area_m2(series).to_numpy(), rel=1e-7)


@pytest.mark.parametrize("crs", [METRIC, "EPSG:32651", "EPSG:4527"])
@pytest.mark.parametrize("size", [3_400, 3_700, 20_000])
def test_areas_on_the_ellipsoid_of_wide_polygons(crs: str, size: float) -> None:
    """On both sides of the size from which another way is taken, in other zones too."""
    wide = box(-size / 2, -size / 2, size / 2, size / 2)
    shapes = shapely.segmentize([wide, wide - box(0, 0, size / 3, size / 4)], 200)
    series = gpd.GeoSeries(shapes, crs=METRIC).to_crs(crs)
    found = ellipsoid.areas_m2(np.asarray(series.values, dtype=object), series.crs)
    assert found == pytest.approx(geodesic_area_m2(series).to_numpy(), rel=1e-7)


def test_areas_on_the_ellipsoid_of_nothing() -> None:
    crs = known_crs(METRIC)
    assert ellipsoid.areas_m2(array(), crs).tolist() == []
    assert ellipsoid.areas_m2(array(None, shapely.Polygon()), crs).tolist() == [0, 0]
    found = ellipsoid.areas_m2(array(None, WEST, line((0, 0), (5, 5))), crs)
    assert found.tolist() == [0, pytest.approx(10_000, rel=1e-3), 0]


@settings(deadline=None, max_examples=200)
@given(st.one_of(boxes(), triangles()))
def test_the_short_way_for_coverages_loses_no_pair(shapes: list) -> None:
    grid = [box(x, y, x + 50, y + 50) for x in range(0, 300, 50) for y in range(0, 300, 50)]
    polygons = array(*grid, *shapes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlay, "_MANY", -1)
        patch.setattr(overlay, "_mostly_touch", lambda *_: True)
        short = set(zip(*map(np.ndarray.tolist, overlapping(polygons)), strict=True))
    assert short == set(zip(*map(np.ndarray.tolist, overlapping(polygons)), strict=True))


def test_a_coverage_is_told_from_shapes_that_overlap() -> None:
    grid = [box(x, y, x + 50, y + 50) for x in range(0, 300, 50) for y in range(0, 300, 50)]
    assert overlay._lie_side_by_side(array(*grid))
    for extra in (grid[7], box(60, 60, 90, 90), box(25, 25, 75, 75), box(0, 0, 100, 50)):
        assert not overlay._lie_side_by_side(array(*grid, extra))


@settings(deadline=None, max_examples=200)
@given(st.one_of(boxes(), triangles()))
def test_pairs_of_parts_give_the_net_area_of_each_zone(shapes: list) -> None:
    polygons, zones = array(*shapes), array(WEST, EAST)
    parts = split_shapes(polygons, zones)
    pairs = pairs_of_parts(parts.owner, parts.zone, *overlapping(polygons))
    net = shapely.area(dissolve(parts.shapes, *pairs).shapes).sum()
    assert net == pytest.approx(shapely.union_all(polygons).area, abs=0.05)


def test_what_is_asked_in_threads_is_prepared_in_copies() -> None:
    shapes = array(*[box(x, 0, x + 15, 10) for x in range(0, 2000, 10)])
    first, second = np.divmod(np.arange(40_000), 200)
    answer = asked(shapely.intersects, shapes, shapes, first, second)
    assert (answer == shapely.intersects(shapes[first], shapes[second])).all()
    assert not shapely.is_prepared(shapes).any()


def test_threads_change_nothing() -> None:
    numbers = np.arange(5_000)
    assert (in_threads(np.add, numbers, numbers) == numbers * 2).all()
