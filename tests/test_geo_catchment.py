from __future__ import annotations

import math

import geopandas as gpd
import pytest
import shapely

from geo.catchment import catchment, distances_m
from geo.crs import to_metric
from geo.errors import CrsError
from geo.overlay import gross_m2, net_m2

METRIC = "EPSG:4549"


def stations(*offsets: float) -> gpd.GeoDataFrame:
    points = [shapely.Point(528_000 + offset, 3_506_000) for offset in offsets]
    return gpd.GeoDataFrame(geometry=points, crs=METRIC)


def test_three_stations_a_kilometre_apart() -> None:
    """Gross 3 pi 0.64 = 6.03 km²; two lenses of 0.52 km² less make 4.99 km² net."""
    points = stations(0, 1000, 2000)
    circles = gpd.GeoDataFrame(
        geometry=[catchment(points.iloc[[place]], 800, METRIC) for place in range(3)], crs=METRIC
    )
    lens = 2 * 800**2 * math.acos(500 / 800) - 500 * math.sqrt(4 * 800**2 - 1000**2)
    net = 3 * math.pi * 800**2 - 2 * lens
    assert gross_m2(circles, METRIC) / 1e6 == pytest.approx(6.03, abs=0.005)
    assert net_m2(circles, METRIC) / 1e6 == pytest.approx(4.99, abs=0.005)
    union = catchment(points, 800, METRIC)
    assert union.geom_type == "Polygon"
    assert union.area == pytest.approx(net, rel=2e-4)
    assert union.area == pytest.approx(net_m2(circles, METRIC))


def test_it_comes_back_in_the_crs_of_the_points() -> None:
    points = stations(0, 5000).to_crs(4326)
    shape = catchment(points, 500, METRIC)
    assert shape.geom_type == "MultiPolygon"
    west, south, east, north = shape.bounds
    assert 120.2 < west < east < 120.5
    assert 31.6 < south < north < 31.8
    back = to_metric(gpd.GeoSeries([shape], crs=4326), METRIC).iloc[0]
    assert back.area == pytest.approx(2 * math.pi * 500**2, rel=2e-4)


def test_points_without_place_have_no_catchment() -> None:
    points = gpd.GeoDataFrame(geometry=[None, shapely.Point(528_000, 3_506_000)], crs=METRIC)
    assert catchment(points, 500, METRIC).area == pytest.approx(math.pi * 500**2, rel=2e-4)
    assert catchment(points.iloc[:1], 500, METRIC).is_empty
    assert catchment(points.iloc[:0], 500, METRIC).is_empty


def test_distances() -> None:
    points = gpd.GeoDataFrame(
        geometry=[shapely.Point(528_000, 3_506_000), None, shapely.box(0, 0, 1, 1)],
        crs=METRIC,
        index=["M01", "M02", "M03"],
    )
    found = distances_m(points, shapely.Point(528_300, 3_506_400), METRIC)
    assert found["M01"] == pytest.approx(500)
    assert math.isnan(found["M02"])
    assert found.index.tolist() == ["M01", "M02", "M03"]
    around = shapely.box(527_000, 3_505_000, 529_000, 3_507_000)
    assert distances_m(points, around, METRIC)["M01"] == 0


def test_distances_in_degrees_are_metres_all_the_same() -> None:
    points = stations(0).to_crs(4326)
    other = stations(800).to_crs(4326).geometry.iloc[0]
    assert distances_m(points, other, METRIC).iloc[0] == pytest.approx(800, abs=1e-5)


def test_unfit_systems_are_refused() -> None:
    with pytest.raises(CrsError):
        catchment(stations(0), 800, "EPSG:3857")
    with pytest.raises(CrsError):
        distances_m(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]), shapely.Point(0, 0), METRIC)
