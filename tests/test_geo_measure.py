"""Figures against pyproj's geodesic and against squares of the grid that are known by hand."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.crs import to_metric
from geo.errors import CrsError
from geo.measure import area_m2, geodesic_area_m2, geodesic_length_m, length_m

METRIC = "EPSG:4549"
GEOD = Geod(ellps="GRS80")


def frame(*shapes: shapely.Geometry | None, crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs, index=range(1, len(shapes) + 1))


def square_kilometre() -> gpd.GeoDataFrame:
    """Lay a square of the grid of EPSG:4549 with its south-west corner at 120.30 E 31.68 N."""
    corner = to_metric(frame(shapely.Point(120.30, 31.68)), METRIC).geometry.iloc[0]
    x, y = corner.x, corner.y
    return frame(shapely.box(x, y, x + 1000, y + 1000), crs=METRIC)


@pytest.mark.parametrize("crs", ["EPSG:4549", "EPSG:4326", "EPSG:4490"])
def test_a_square_kilometre_is_a_hundred_hectares(crs: str) -> None:
    square = square_kilometre().to_crs(crs)
    assert area_m2(square, METRIC)[1] / 10_000 == pytest.approx(100.00, abs=0.01)
    assert geodesic_area_m2(square)[1] / 10_000 == pytest.approx(100.00, abs=0.01)


def test_the_side_of_a_square_kilometre() -> None:
    side = frame(shapely.LineString([(528_000, 3_506_000), (528_000, 3_507_000)]), crs=METRIC)
    assert length_m(side, METRIC)[1] == 1000.0
    assert geodesic_length_m(side)[1] == pytest.approx(1000.0, abs=0.02)


def test_web_mercator_would_have_been_two_fifths_too_large() -> None:
    square = square_kilometre()
    assert square.to_crs(3857).area.iloc[0] / 1e6 == pytest.approx(1.385, abs=0.001)
    for crs in ("EPSG:3857", "EPSG:4326"):
        with pytest.raises(CrsError):
            area_m2(square, crs)
        with pytest.raises(CrsError):
            length_m(square, crs)


def test_what_is_not_known_is_nan_and_never_zero() -> None:
    bow_tie = shapely.Polygon([(120.3, 31.6), (120.31, 31.61), (120.31, 31.6), (120.3, 31.61)])
    line = shapely.LineString([(120.3, 31.6), (120.31, 31.6)])
    rows = frame(None, shapely.Polygon(), shapely.Point(120.3, 31.6), bow_tie, line)
    assert area_m2(rows, METRIC).isna().all()
    assert geodesic_area_m2(rows).isna().all()
    assert length_m(rows, METRIC).isna().tolist() == [True, True, True, True, False]
    assert geodesic_length_m(rows).isna().tolist() == [True, True, True, True, False]
    assert area_m2(rows, METRIC).index.tolist() == [1, 2, 3, 4, 5]
    assert len(area_m2(rows.iloc[:0], METRIC)) == 0


def test_a_frame_without_crs_is_refused() -> None:
    rows = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)])
    for measure in (geodesic_area_m2, geodesic_length_m, lambda one: area_m2(one, METRIC)):
        with pytest.raises(CrsError):
            measure(rows)


def test_holes_and_parts_count_as_pyproj_counts_them() -> None:
    shell, hole = shapely.box(120.2, 31.6, 120.3, 31.7), shapely.box(120.22, 31.62, 120.25, 31.66)
    pierced = shell.difference(hole)
    far = shapely.box(120.32, 31.6, 120.33, 31.61)
    both = shapely.MultiPolygon([pierced, far])
    expected = [abs(GEOD.geometry_area_perimeter(one)[0]) for one in (shell, hole, far)]
    measured = geodesic_area_m2(frame(both, None, far, crs="EPSG:4490"))
    assert measured[1] == pytest.approx(expected[0] - expected[1] + expected[2], rel=1e-9)
    assert np.isnan(measured[2])
    assert measured[3] == pytest.approx(expected[2], rel=1e-9)


def test_the_parts_of_a_line_are_not_joined() -> None:
    one = [(120.2, 31.6), (120.21, 31.6)]
    two = [(120.3, 31.7), (120.3, 31.71), (120.31, 31.71)]
    both = shapely.MultiLineString([one, two])
    expected = sum(GEOD.geometry_length(shapely.LineString(part)) for part in (one, two))
    measured = geodesic_length_m(frame(shapely.LineString(two), both, crs="EPSG:4490"))
    assert measured[2] == pytest.approx(expected, rel=1e-12)
    assert measured[1] == pytest.approx(GEOD.geometry_length(shapely.LineString(two)), rel=1e-12)


_LON = st.floats(120.03, 120.41)
_LAT = st.floats(31.54, 31.78)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(_LON, _LAT), min_size=3, max_size=8, unique=True))
def test_the_plane_and_the_ellipsoid_agree_within_a_hundredth_of_a_percent(
    positions: Sequence[tuple[float, float]],
) -> None:
    hull = shapely.MultiPoint(positions).convex_hull
    rows = frame(hull, crs="EPSG:4490")
    plane, geodesic = area_m2(rows, METRIC)[1], geodesic_area_m2(rows)[1]
    if hull.geom_type == "Polygon" and plane > 100:
        expected = abs(GEOD.geometry_area_perimeter(hull)[0])
        assert geodesic == pytest.approx(expected, rel=1e-9)
        # Between vertices the plane goes straight and the ellipsoid along the geodesic.
        slack = hull.length * 1e5 * 2
        assert plane == pytest.approx(geodesic, rel=3e-4, abs=slack)


@settings(deadline=None, max_examples=60)
@given(st.tuples(_LON, _LAT), st.tuples(_LON, _LAT))
def test_lengths_agree_with_pyproj(a: tuple[float, float], b: tuple[float, float]) -> None:
    rows = frame(shapely.LineString([a, b]), crs="EPSG:4490")
    expected = GEOD.inv(*a, *b)[2]
    if expected > 1:
        assert geodesic_length_m(rows)[1] == pytest.approx(expected, rel=1e-9)
        assert length_m(rows, METRIC)[1] == pytest.approx(expected, rel=1e-4)
