"""Symbols of the palette on paper: the same table as the web map, its pixels as millimetres."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from layers.drawing import Pen, Ring, Shape, Window
from layers.sheet.features import Feature
from layers.style import Symbol

#: A CSS pixel is 1/96 inch.
MM_PER_PX = 25.4 / 96
_CORNERS = {"square": (4, 45.0), "diamond": (4, 0.0), "triangle": (3, 90.0), "circle": (40, 0.0)}


def pen(symbol: Symbol, dash: str | None, scale: float) -> Pen:
    """The stroke of a symbol; ``scale`` makes lines heavier on a larger paper."""
    parts = tuple(float(part) * MM_PER_PX * scale for part in (dash or "").split())
    width_mm = symbol.width * MM_PER_PX * scale
    return Pen(symbol.stroke, width_mm, symbol.stroke_opacity, parts)


def draw(
    feature: Feature, on_paper: BaseGeometry, dash: str, window: Window, scale: float
) -> Iterator[Shape]:
    """Draw a feature whose geometry is on paper; below *approximate* it is dashed."""
    symbol = feature.symbol
    stroke = pen(symbol, dash if feature.schematic else symbol.dash, scale)
    points, lines, areas = _parts(on_paper)
    name = f"feature-{feature.id}"
    if areas:
        rings = tuple(ring for area in areas for ring in _rings(area))
        yield Shape(rings, True, stroke, symbol.fill, symbol.fill_opacity, window=window, name=name)
    if lines:
        rings = tuple(_ring(line) for line in lines)
        yield Shape(rings, pen=stroke, window=window, name=name)
    for point in points:
        marker = Pen(stroke.colour, stroke.width_mm * 0.7, stroke.opacity)
        yield mark(symbol, point.x, point.y, marker, scale, window=window, name=name)


def mark(
    symbol: Symbol,
    x: float,
    y: float,
    stroke: Pen,
    scale: float,
    *,
    window: Window | None = None,
    name: str = "",
) -> Shape:
    """The mark of a point."""
    radius = (symbol.radius or 6) * MM_PER_PX * scale * 0.8
    corners, turn = _CORNERS[symbol.shape or "circle"]
    angles = (math.radians(turn + 360 / corners * corner) for corner in range(corners))
    ring = tuple((x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles)
    fill = symbol.fill or "#ffffff"
    return Shape((ring,), True, stroke, fill, symbol.fill_opacity or 1.0, window, name)


def _parts(
    geometry: BaseGeometry,
) -> tuple[list[Any], list[Any], list[Any]]:
    """Points, lines and areas of a geometry, whatever it is made of."""
    parts = shapely.get_parts([geometry]).tolist()
    while any(part.geom_type.startswith(("Multi", "GeometryC")) for part in parts):
        parts = shapely.get_parts(parts).tolist()
    return (
        [part for part in parts if part.geom_type == "Point"],
        [part for part in parts if part.geom_type in {"LineString", "LinearRing"}],
        [part for part in parts if part.geom_type == "Polygon"],
    )


def _rings(area: Any) -> Iterator[Ring]:
    """Outline and holes, turned against each other: matplotlib fills by the winding rule."""
    area = orient(area)
    yield _ring(area.exterior)[:-1]
    for hole in area.interiors:
        yield _ring(hole)[:-1]


def _ring(line: BaseGeometry) -> Ring:
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(line))
