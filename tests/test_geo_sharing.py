"""Shared ground found by neighbourhood is what intersecting every pair gives."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import overlay, sharing
from geo.errors import CrsError

METRIC = "EPSG:4549"
X, Y = 528_000, 3_506_000


def askew(seed: int) -> gpd.GeoDataFrame:
    """A turned street grid in degrees; some parcels are moved, invalid, empty or missing."""
    rng = np.random.default_rng(seed)
    shapes = [
        shapely.box(X + 30 * column, Y + 40 * row, X + 30 * column + 30, Y + 40 * row + 40)
        for column in range(12)
        for row in range(10)
    ]
    for place in rng.choice(len(shapes), 25, replace=False):
        shapes[place] = shapely.affinity.translate(shapes[place], *rng.uniform(-9, 9, 2))
    shapes[3] = shapely.Polygon([(X, Y), (X + 90, Y + 90), (X + 90, Y), (X, Y + 90)])
    shapes[7], shapes[50], shapes[90] = None, shapely.Polygon(), shapely.Point(X, Y)
    shapes.append(shapely.box(X - 500, Y - 500, X + 900, Y + 900))
    shapes.append(shapely.MultiPolygon([shapely.box(X, Y, X + 5, Y + 5), shapes[20]]))
    turned = [
        None if one is None else shapely.affinity.rotate(one, 17, origin=(X, Y)) for one in shapes
    ]
    labels = range(100, 100 + len(shapes))
    return gpd.GeoDataFrame(geometry=turned, crs=METRIC, index=labels).to_crs("EPSG:4326")


@pytest.mark.parametrize("at_once", [7, 20_000])
@pytest.mark.parametrize("seed", [1, 2])
def test_as_every_pair_intersected(
    seed: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "_AT_ONCE", at_once)
    frame = askew(seed)
    polygons = frame[shapely.get_dimensions(np.asarray(frame.geometry.values)) == 2]
    every = overlay.shared(polygons, None, METRIC)
    every = every[every["area_m2"] >= 1]
    found = sharing.sizeable(frame, METRIC, 1)
    assert len(found) > 100
    for column in ("left", "right", "area_m2"):
        assert found[column].tolist() == every[column].tolist()
    areas = polygons.to_crs(METRIC).area
    assert found["left_m2"].tolist() == areas[found["left"]].tolist()
    assert found["right_m2"].tolist() == areas[found["right"]].tolist()


@pytest.mark.parametrize("shapes", [[], [None], [shapely.Point(X, Y), shapely.box(X, Y, X, Y)]])
def test_nothing_shares_nothing(shapes: list[shapely.Geometry | None]) -> None:
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs=METRIC))
    assert sharing.sizeable(frame, METRIC, 1).empty


def test_degrees_are_no_plane() -> None:
    with pytest.raises(CrsError):
        sharing.sizeable(askew(1), "EPSG:4326", 1)
