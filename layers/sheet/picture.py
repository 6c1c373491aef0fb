"""A map for a page of a report: at a true scale, with its legend, north arrow and scale bar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.drawing import Drawing, Item, Window, Words
from layers.sheet import furniture, legend, words
from layers.sheet.asking import SCALES, SheetRequest
from layers.sheet.features import Drawn
from layers.sheet.figure import Figure, Look, figure
from layers.sheet.frame import MapFrame

if TYPE_CHECKING:
    from layers.plan import Plan

#: A page is smaller than a sheet: scales below those of sheets too.
PAGE_SCALES = (*SCALES, 60_000, 75_000, 80_000, 100_000, 120_000, 150_000, 200_000, 300_000)
Extent = tuple[float, float, float, float]
_GRID_MM, _KEY_MM, _LEGEND_PT = 4.0, 24.0, 6.6
_LOOK = Look(5.2, 0.62)


@dataclass(frozen=True)
class Picture:
    """A drawing with the scale that it is true to, and what is drawn."""

    drawing: Drawing
    scale: int
    drawn: Drawn


def picture(
    plan: Plan,
    request: SheetRequest,
    extent: Extent,
    width_mm: float,
    height_mm: float,
    legend_mm: float = 44,
) -> Picture:
    """Draw the ground of an extent (metres, metric CRS) as large as a round scale allows."""
    box = Window(_GRID_MM, _GRID_MM, width_mm - legend_mm - 2 * _GRID_MM, height_mm - 2 * _GRID_MM)
    west, south, east, north = extent
    frame = MapFrame(box, (west + east) / 2, (south + north) / 2, page_scale(extent, box))
    drawn = figure(plan, request, box, _LOOK, frame)
    left = width_mm - legend_mm + 2
    items = (*drawn.items, *_beside(plan, request, drawn, left, legend_mm - 2, height_mm))
    return Picture(Drawing(width_mm, height_mm, items), frame.scale, drawn.drawn)


def page_scale(extent: Extent, window: Window) -> int:
    """Return the largest of `PAGE_SCALES` at which an extent fits with a rim."""
    west, south, east, north = extent
    needed = max((east - west) / window.width, (north - south) / window.height) * 1000 * 1.05
    return next((scale for scale in PAGE_SCALES if scale >= needed), PAGE_SCALES[-1])


def _beside(
    plan: Plan, request: SheetRequest, drawn: Figure, x: float, width: float, height: float
) -> Iterator[Item]:
    lang, top = request.lang, height - _GRID_MM
    yield Words(x, top - 3, words.LEGEND.in_(lang), _LEGEND_PT * 1.3, True)
    plot = legend.Plot(x, top - 5.5, width, top - 5.5 - _KEY_MM)
    found = legend.entries(plan.catalog, drawn.drawn.features, lang)
    yield from legend.write(found, plot, _LOOK.line, _LEGEND_PT)
    yield from furniture.north_arrow(x + width - 6, _GRID_MM + 6, 8, lang)
    longest = width - 16
    yield from furniture.scale_bar(x + 2, _GRID_MM + 1, longest, drawn.frame.scale, 5.6, lang)
