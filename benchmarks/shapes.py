"""Synthetic layers for the benchmarks of vector tiles: each kind as dense at every size.

All lie around one place, in EPSG:4326, with an id, a class and a year; one number gives one layer.
"""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely

MIDDLE = (120.30, 31.68)
#: Metres of one feature's cell and, of them, of the feature.
CELL_M, PARCEL = 26.0, 0.8
#: Degrees of a metre there, eastward and northward.
DEGREES = np.array([1 / 94_900, 1 / 110_900])
CLASSES = ("residential", "industrial", "green", "road", "public", "commercial")
FIELDS = ("id", "class", "year")
CORNERS = 8


def parcels(number: int) -> gpd.GeoDataFrame:
    """Eight-cornered parcels around the middle."""
    return _layer(shapely.polygons(_outlines(number)))


def courtyards(number: int) -> gpd.GeoDataFrame:
    """Parcels with a hole of half their width."""
    outer = _outlines(number)
    inner = outer.mean(axis=1, keepdims=True) * 0.5 + outer[:, ::-1] * 0.5
    shells, holes = shapely.linearrings(outer), shapely.linearrings(inner)
    return _layer(shapely.polygons(shells, holes[:, None]))


def estates(number: int) -> gpd.GeoDataFrame:
    """Multi-polygons of three parts side by side, eight corners each."""
    outline = _outlines(number)
    middle = outline.mean(axis=1, keepdims=True)
    third = middle + (outline - middle) / 3
    aside = np.array([CELL_M * PARCEL / 2.8, 0]) * DEGREES
    parts = [shapely.polygons(third + shift * aside) for shift in (-1, 0, 1)]
    return _layer(shapely.multipolygons(np.stack(parts, axis=1)))


def pipes(number: int) -> gpd.GeoDataFrame:
    """Lines of eight vertices that wind across their cells."""
    along = (np.linspace(-0.5, 0.5, CORNERS) * CELL_M)[None, :].repeat(number, axis=0)
    across = np.random.default_rng(21).uniform(-0.4, 0.4, (number, CORNERS)) * CELL_M
    return _layer(shapely.linestrings(_placed(np.stack([along, across], axis=-1))))


def trees(number: int) -> gpd.GeoDataFrame:
    """A point in each cell."""
    off = np.random.default_rng(22).uniform(-0.4, 0.4, (number, 1, 2)) * CELL_M
    return _layer(shapely.points(_placed(off)[:, 0]))


KINDS: dict[str, Callable[[int], gpd.GeoDataFrame]] = {
    "parcels": parcels,
    "courtyards": courtyards,
    "estates": estates,
    "pipes": pipes,
    "trees": trees,
}


def _outlines(number: int) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    radius = np.random.default_rng(20).uniform(0.7, 1, (number, CORNERS)) * PARCEL / 2 * CELL_M
    return _placed(np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=-1))


def _placed(metres: np.ndarray) -> np.ndarray:
    """Vertices of each feature, given from its cell's middle, in degrees."""
    number = len(metres)
    side = int(np.ceil(np.sqrt(number)))
    cells = np.stack(np.divmod(np.arange(number), side)[::-1], axis=-1) - side / 2
    placed: np.ndarray = MIDDLE + (metres + cells[:, None, :] * CELL_M) * DEGREES
    return placed


def _layer(shapes: np.ndarray) -> gpd.GeoDataFrame:
    number, chance = len(shapes), np.random.default_rng(23)
    columns = {
        "id": [f"P{place:07d}" for place in range(number)],
        "class": chance.choice(CLASSES, number),
        "year": chance.integers(1990, 2031, number),
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
