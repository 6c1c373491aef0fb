"""Layers for the tests of tiles, tiles read by independent readers, and what they ought to hold."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import shapely

from geo.tiles import LayerArrays, Tile, build
from geo.tiles.address import BUFFER, EXTENT, to_degrees, to_world

#: A tile in the zone.
HERE = Tile(14, 13667, 6665)


def frame_of(shapes: list[Any], **columns: list[Any]) -> gpd.GeoDataFrame:
    """A layer of shapes in degrees, with ids P1, P2, ..."""
    ids = [f"P{number}" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"id": ids, **columns}, geometry=shapes, crs="EPSG:4326")


def arrays_of(shapes: list[Any], **columns: list[Any]) -> LayerArrays:
    """The arrays of such a layer."""
    frame = frame_of(shapes, **columns)
    return build(frame, name="parcels", fields=["id", *columns])


def in_tile(shape: Any, tile: Tile = HERE) -> Any:
    """A shape in units of a tile, moved to where it is in degrees."""

    def place(xy: np.ndarray) -> np.ndarray:
        return to_degrees(np.add(xy, [tile.column * EXTENT, tile.row * EXTENT]) / tile.scale)

    return shapely.transform(shape, place)


def units(shape: Any, tile: Tile = HERE) -> Any:
    """A shape in degrees, in units of a tile."""

    def place(xy: np.ndarray) -> np.ndarray:
        return to_world(xy) * tile.scale - [tile.column * EXTENT, tile.row * EXTENT]

    return shapely.transform(shape, place)


def decoded(content: bytes) -> dict[int, tuple[Any, dict[str, Any]]]:
    """Shape (in units, southward) and attributes of each feature of a tile by its number."""
    options = {"y_coord_down": True}
    [layer] = mapbox_vector_tile.decode(content, default_options=options).values()
    assert layer["extent"] == EXTENT
    assert layer["version"] == 2
    return {
        feature["id"]: (shapely.geometry.shape(feature["geometry"]), feature["properties"])
        for feature in layer["features"]
    }


def clipped(shape: Any, tile: Tile = HERE) -> Any:
    """What a plain clip by shapely leaves of a shape, in units of the tile."""
    window = shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    return shapely.intersection(shapely.make_valid(units(shape, tile)), window)


def ground(shape: Any) -> Any:
    """A polygon as it is filled: seams of no width are no ground, and a hole is none anywhere."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area]
    return shapely.union_all([_filled(part) for part in parts])


def _filled(polygon: Any) -> Any:
    shell, *holes = (_even_odd(ring) for ring in shapely.get_rings(polygon))
    return shell.difference(shapely.union_all(holes))


def _even_odd(ring: Any) -> Any:
    """What a ring encloses an odd number of times, as renderers fill it."""
    faces = shapely.get_parts(shapely.polygonize([shapely.node(shapely.LineString(ring))]))
    return shapely.union_all([face for face in faces if _is_enclosed(face, ring)])


def _is_enclosed(face: Any, ring: Any) -> bool:
    """Whether a ray from inside of a face crosses the ring an odd number of times."""
    x, y = shapely.get_coordinates(face.representative_point())[0]
    corners = shapely.get_coordinates(ring)
    (x0, y0), (x1, y1) = corners[:-1].T, corners[1:].T
    with np.errstate(divide="ignore", invalid="ignore"):
        meets = x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x
    return bool(np.count_nonzero(meets & ((y0 > y) != (y1 > y))) % 2)


def square(west: float, north: float, edge: float) -> Any:
    """A square in units of a tile."""
    return shapely.box(west, north, west + edge, north + edge)
