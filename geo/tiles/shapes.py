"""Shapes again, out of the arrays of a layer."""

from __future__ import annotations

import numpy as np
import shapely

from geo.tiles.address import to_degrees
from geo.tiles.arrays import LayerArrays

_POINT, _LINE, _POLYGON = 1, 2, 3


def shapes(arrays: LayerArrays, positions: np.ndarray) -> np.ndarray:
    """The shapes of the features at some positions, as parts of one kind.

    Parameters
    ----------
    arrays
        The layer.
    positions
        Whole numbers, shape (n,).

    Returns
    -------
    ndarray
        Geometries in EPSG:4326, shape (n,): MultiPoint, MultiLineString or MultiPolygon, None
        where a feature has no shape. A degree is exact to some 1e-14.
    """
    found = np.full(len(positions), None, dtype=object)
    made = {_POINT: _points, _LINE: _lines, _POLYGON: _polygons}
    for kind, make in made.items():
        some = np.flatnonzero(arrays.kinds[positions] == kind)
        if len(some):
            found[some] = make(arrays, positions[some])
    return found


def _points(arrays: LayerArrays, positions: np.ndarray) -> np.ndarray:
    path, owner = _spread(arrays.paths, positions)
    xy, of_path = _vertices(arrays, path)
    return np.asarray(shapely.multipoints(xy, indices=owner[of_path]), dtype=object)


def _lines(arrays: LayerArrays, positions: np.ndarray) -> np.ndarray:
    path, owner = _spread(arrays.paths, positions)
    xy, of_path = _vertices(arrays, path)
    lines = np.asarray(shapely.linestrings(xy, indices=of_path))
    return np.asarray(shapely.multilinestrings(lines, indices=owner), dtype=object)


def _polygons(arrays: LayerArrays, positions: np.ndarray) -> np.ndarray:
    path, owner = _spread(arrays.paths, positions)
    xy, of_path = _vertices(arrays, path)
    rings = np.asarray(shapely.linearrings(xy, indices=of_path))
    shell = ~arrays.holes[path]
    polygons = np.asarray(shapely.polygons(rings, indices=np.cumsum(shell) - 1))
    return np.asarray(shapely.multipolygons(polygons, indices=owner[shell]), dtype=object)


def _vertices(arrays: LayerArrays, path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions in degrees along paths, and the place of the path that each belongs to."""
    vertex, of_path = _spread(arrays.vertices, path)
    return to_degrees(arrays.xy[vertex]), of_path


def _spread(starts: np.ndarray, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of all that belongs to some, and the place of the one it belongs to."""
    counts = starts[some + 1] - starts[some]
    owner = np.repeat(np.arange(len(some)), counts)
    first = np.cumsum(counts) - counts
    return np.arange(len(owner)) + np.repeat(starts[some] - first, counts), owner
