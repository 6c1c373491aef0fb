from __future__ import annotations

import geopandas as gpd
import pyproj
import pytest
import shapely

from geo.crs import known_crs, metric_crs, name_of, proj4, require_crs, to_metric
from geo.errors import CrsError


@pytest.mark.parametrize("code", ["EPSG:4549", "epsg:4528", "EPSG:32651", "EPSG:2437"])
def test_metric_systems(code: str) -> None:
    assert metric_crs(code).is_projected


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("EPSG:3857", "crs-not-metric"),
        ("EPSG:4326", "crs-not-metric"),
        ("EPSG:4490", "crs-not-metric"),
        ("EPSG:2225", "crs-not-metric"),  # feet
        ("EPSG:999999", "crs-unknown"),
        ("EPSG:5773", "crs-unfit"),  # heights
        ("EPSG:4979", "crs-unfit"),  # three dimensions
        ("+proj=tmerc +lon_0=120", "crs-unknown"),
        ("http://127.0.0.1/crs", "crs-unknown"),
        ("4549", "crs-unknown"),
        ("", "crs-unknown"),
    ],
)
def test_systems_that_cannot_be_measured_in(code: str, problem: str) -> None:
    with pytest.raises(CrsError) as caught:
        metric_crs(code)
    assert caught.value.code == problem


def test_another_web_mercator_is_refused_too() -> None:
    with pytest.raises(CrsError):
        metric_crs(pyproj.CRS("+proj=webmerc +datum=WGS84 +units=m"))


def test_a_frame_without_crs_raises() -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(120.3, 31.68)])
    with pytest.raises(CrsError) as caught:
        require_crs(frame)
    assert caught.value.code == "crs-missing"
    assert "--crs" in caught.value.hint()


def test_to_metric_is_x_east_y_north() -> None:
    point = gpd.GeoSeries([shapely.Point(120.0, 31.68)], crs="EPSG:4326")
    there = to_metric(point, "EPSG:4549")
    assert there.iloc[0].x == pytest.approx(500_000, abs=1e-6)
    assert 3_500_000 < there.iloc[0].y < 3_510_000
    assert to_metric(there, "EPSG:4549") is there


def test_the_string_for_the_browser() -> None:
    text = proj4(metric_crs("EPSG:4549"))
    assert text.startswith("+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=500000")
    assert "+ellps=GRS80" in text


def test_names() -> None:
    assert name_of(known_crs("epsg:4490")) == "EPSG:4490"
    assert name_of(pyproj.CRS("OGC:CRS84")) == "OGC:CRS84"
    assert name_of(pyproj.CRS("+proj=tmerc +lon_0=120.2")) == "unknown"
