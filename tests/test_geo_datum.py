"""GCJ-02 and BD-09 against figures that others publish, and there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo import datum

GEOD = Geod(ellps="WGS84")
ZONE = (120.30, 31.68)

#: The test of the coordtransform library (github.com/wandergis/coordtransform, test/app.js).
PUBLISHED = (116.404, 39.915)


def metres(a: tuple[float, float], b: tuple[np.ndarray, np.ndarray]) -> float:
    return float(GEOD.inv(*a, float(b[0]), float(b[1]))[2])


@pytest.mark.parametrize(
    ("convert", "expected"),
    [
        (datum.wgs84_to_gcj02, (116.41024449916938, 39.91640428150164)),
        (datum.gcj02_to_bd09, (116.41036949371029, 39.92133699351021)),
        (datum.wgs84_to_bd09, (116.41662724378733, 39.922699552216216)),
    ],
)
def test_published_pairs(convert: object, expected: tuple[float, float]) -> None:
    assert callable(convert)
    assert metres(expected, convert(*PUBLISHED)) < 1e-6


def test_the_published_inverse_is_a_guess_of_a_metre_and_ours_is_exact() -> None:
    guess = (116.39775550083061, 39.91359571849836)
    ours = datum.gcj02_to_wgs84(*PUBLISHED)
    assert metres(guess, ours) < 2
    assert metres(PUBLISHED, datum.wgs84_to_gcj02(*ours)) < 1e-7
    assert metres((116.39762729119315, 39.90865673957631), datum.bd09_to_gcj02(*PUBLISHED)) < 1


def test_how_far_the_datums_lie_from_each_other_in_the_zone() -> None:
    assert metres(ZONE, datum.wgs84_to_gcj02(*ZONE)) == pytest.approx(485, abs=1)
    assert metres(ZONE, datum.wgs84_to_bd09(*ZONE)) == pytest.approx(1140, abs=1)


@settings(deadline=None, max_examples=200)
@given(st.floats(73.6, 134.7), st.floats(18.2, 53.5))
def test_there_and_back(lon: float, lat: float) -> None:
    for there, back in (
        (datum.wgs84_to_gcj02, datum.gcj02_to_wgs84),
        (datum.gcj02_to_bd09, datum.bd09_to_gcj02),
        (datum.wgs84_to_bd09, datum.bd09_to_wgs84),
    ):
        # At the meridian of 105 degrees the shift of GCJ-02 has a cusp.
        assert metres((lon, lat), back(*there(lon, lat))) < (
            1e-6 if abs(lon - 105) < 1e-3 else 1e-7
        )


def test_outside_china_nothing_is_shifted() -> None:
    for position in ((2.35, 48.86), (-120.0, -30.0)):
        lon, lat = datum.wgs84_to_gcj02(*position)
        assert (float(lon), float(lat)) == position


def test_arrays_keep_their_shape() -> None:
    lon, lat = np.full((3, 2), 120.3), np.full((3, 2), 31.68)
    for convert in (datum.wgs84_to_bd09, datum.bd09_to_wgs84):
        x, y = convert(lon, lat)
        assert x.shape == y.shape == (3, 2)
    assert (lon == 120.3).all()
