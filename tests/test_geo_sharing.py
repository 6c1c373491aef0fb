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


def test_an_edge_that_is_straight_in_degrees_is_bent_in_the_plane() -> None:
    """Ten kilometres along a parallel: two metres of ground that the boxes in degrees lack."""
    along = np.linspace(120.0, 120.1, 101)
    south = shapely.box(120.0, 31.60, 120.1, 31.65)
    upper = [(x, 31.65 + 2e-6) for x in along] + [(120.1, 31.7), (120.0, 31.7)]
    small = [shapely.box(x, 31.6, x + 3e-4, 31.6 + 3e-4) for x in (120.0, 120.00025)]
    frame = gpd.GeoDataFrame(geometry=[south, shapely.Polygon(upper), *small], crs="EPSG:4326")
    every = overlay.shared(frame, None, METRIC)
    every = every[every["area_m2"] >= 1]
    assert every[["left", "right"]].to_numpy().tolist() == [[0, 1], [0, 2], [0, 3], [2, 3]]
    found = sharing.sizeable(frame, METRIC, 1)
    assert found["area_m2"].tolist() == every["area_m2"].tolist()


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:4547", METRIC])
def test_shapes_of_any_crs_over_half_a_country(crs: str) -> None:
    """Few parcels far apart are one neighbourhood, in which degrees differ in length by a fifth."""
    rng = np.random.default_rng(5)
    corners = rng.uniform((110, 22), (124, 44), (40, 2))
    shapes = [shapely.box(x, y, x + 2e-4, y + 2e-4) for x, y in corners]
    shapes += [shapely.affinity.translate(one, 2e-4 - 3e-8 * n) for n, one in enumerate(shapes)]
    frame = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326").to_crs(crs)
    every = overlay.shared(frame, None, METRIC)
    every = every[every["area_m2"] >= 1]
    assert 10 < len(every) < 35
    found = sharing.sizeable(frame, METRIC, 1)
    assert found["area_m2"].tolist() == every["area_m2"].tolist()


@pytest.mark.parametrize("shapes", [[], [None], [shapely.Point(X, Y), shapely.box(X, Y, X, Y)]])
def test_nothing_shares_nothing(shapes: list[shapely.Geometry | None]) -> None:
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs=METRIC))
    assert sharing.sizeable(frame, METRIC, 1).empty


def test_degrees_are_no_plane() -> None:
    with pytest.raises(CrsError):
        sharing.sizeable(askew(1), "EPSG:4326", 1)
