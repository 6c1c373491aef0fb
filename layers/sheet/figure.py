"""The map itself: a window of ground at a true scale with its features, grid and names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from layers.drawing import Item, Shape, Window
from layers.sheet import furniture, legend, symbols
from layers.sheet.asking import SheetRequest, fitting_scale
from layers.sheet.features import Drawn, Feature, gather
from layers.sheet.frame import MapFrame, extent_of, metric_point, middle_of
from layers.sheet.labels import Labels, wishes

if TYPE_CHECKING:
    from layers.plan import Plan
    from layers.spec import LayerSpec

#: How far beyond the window shapes are kept, so that no cut edge shows.
_RIM_MM = 8.0


@dataclass(frozen=True)
class Look:
    """Sizes that go with the paper: letters in points, and how heavy lines are."""

    label_pt: float
    line: float


@dataclass(frozen=True)
class Figure:
    """A drawn map: its frame, what stands on it, and the ids that found no room for a name."""

    frame: MapFrame
    drawn: Drawn
    items: tuple[Item, ...]
    unnamed: tuple[str, ...]


def figure(
    plan: Plan,
    request: SheetRequest,
    window: Window,
    look: Look,
    frame: MapFrame | None = None,
) -> Figure:
    """Draw the map of a request into a window of the paper, or the ground of a frame.

    Raises
    ------
    InputError
        The request cannot be drawn; with every problem at once.
    """
    request.check(plan)
    frame = frame or _frame(plan, request, window)
    drawn = gather(plan, chosen(plan, request), request.admits, frame.ground(_RIM_MM))
    placed = [(feature, frame.on_paper(feature.geometry)) for feature in drawn.features]
    items: list[Item] = [_ground(window)]
    for feature, shape in placed:
        dash = plan.catalog.palette.schematic.dash
        items += symbols.draw(feature, shape, dash, window, look.line)
    items += furniture.grid(frame, look.label_pt * 0.9)
    labels = Labels(window)
    items += _badges(placed, labels, request.lang, look)
    if request.labels:
        _name(placed, labels, request.lang, look)
    items += [*labels.items, *furniture.neatline(frame)]
    return Figure(frame, drawn, tuple(items), tuple(labels.dropped))


def chosen(plan: Plan, request: SheetRequest) -> tuple[LayerSpec, ...]:
    """The layers of a request, the topmost first."""
    if request.layers is None:
        return tuple(layer for layer in plan.layers if layer.visible)
    return tuple(layer for layer in plan.layers if layer.id in request.layers)


def _frame(plan: Plan, request: SheetRequest, window: Window) -> MapFrame:
    zone = plan.catalog.zone
    west, south, east, north = extent_of(zone.view, zone.metric_crs)
    fitting = fitting_scale((east - west, north - south), (window.width, window.height))
    middle = middle_of(zone.view, zone.metric_crs)
    if request.centre is not None:
        middle = metric_point(*request.centre, zone.metric_crs)
    return MapFrame(window, *middle, request.scale or fitting)


def _ground(window: Window) -> Shape:
    x, y, right, top = window.x, window.y, window.x + window.width, window.y + window.height
    ring = ((x, y), (right, y), (right, top), (x, top))
    return Shape((ring,), True, None, "#fdfcf9")


def _badges(
    placed: list[tuple[Feature, BaseGeometry]], labels: Labels, lang: str, look: Look
) -> Iterator[Item]:
    """The one-character marks, each at the middle of its feature, and room kept around them."""
    radius = look.label_pt * 0.2
    for feature, shape in placed:
        if feature.badge is None:
            continue
        middle = _middle(shape)
        box = (middle.x - radius, middle.y - radius, middle.x + radius, middle.y + radius)
        if labels.has_room(box):
            labels.keep_free([box])
            colour = feature.symbol.stroke
            yield from legend.badge(feature.badge[1], lang, middle.x, middle.y, radius, colour)


def _middle(shape: BaseGeometry) -> Point:
    """The middle of a line, else a point inside."""
    longest = max(shapely.get_parts([shape]), key=shapely.length)
    if shapely.get_dimensions(longest) == 1:
        return Point(shapely.line_interpolate_point(longest, 0.5, normalized=True))
    return Point(shapely.point_on_surface(longest))


def _name(
    placed: list[tuple[Feature, BaseGeometry]], labels: Labels, lang: str, look: Look
) -> None:
    """Write the names; points keep their own mark free."""
    for feature, shape in placed:
        if feature.symbol.radius and isinstance(shape, Point):
            reach = feature.symbol.radius * symbols.MM_PER_PX * look.line * 0.8
            box = (shape.x - reach, shape.y - reach, shape.x + reach, shape.y + reach)
            labels.keep_free([box])
    for wish in wishes(placed, lang, look.label_pt):
        labels.place(wish)
