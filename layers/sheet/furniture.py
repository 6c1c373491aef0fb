"""What a map needs to be read: grid, frame, north arrow and scale bar."""

from __future__ import annotations

import math
from collections.abc import Iterator

from layers.drawing import Item, Pen, Shape, Words
from layers.sheet.frame import MapFrame
from layers.sheet.words import GRID_NORTH, SCALE

INK = "#222222"
_STEPS_M = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
_APART_MM = 45.0


def grid(frame: MapFrame, size_pt: float) -> Iterator[Item]:
    """Crosses, ticks and figures of the metric grid, in kilometres."""
    step = next((s for s in _STEPS_M if s * frame.mm_per_m >= _APART_MM), _STEPS_M[-1])
    window = frame.window
    west, south, east, north = frame.ground().bounds
    columns = [(m, frame.paper_x(m)) for m in _multiples(west, east, step)]
    rows = [(m, frame.paper_y(m)) for m in _multiples(south, north, step)]
    crosses = tuple(line for _, x in columns for _, y in rows for line in _cross(x, y))
    yield Shape(crosses, pen=Pen("#55606a", 0.12, 0.8), window=window, name="grid")
    top, right = window.y + window.height, window.x + window.width
    ticks = [
        ((x, end), (x, end + out))
        for _, x in columns
        for end, out in ((window.y, -1.2), (top, 1.2))
    ]
    ticks += [
        ((end, y), (end + out, y)) for _, y in rows for end, out in ((window.x, -1.2), (right, 1.2))
    ]
    yield Shape(tuple(ticks), pen=Pen(INK, 0.18))
    for metres, x in columns:
        for y in (top + 1.8, window.y - 1.6 - size_pt * 0.3):
            yield Words(x, y, _km(metres, step), size_pt, colour=INK, align="centre")
    for metres, y in rows:
        for x in (window.x - 1.8, right + 1.8 + size_pt * 0.27):
            yield Words(x, y, _km(metres, step), size_pt, colour=INK, align="centre", angle=90)


def _multiples(first: float, last: float, step: int) -> range:
    return range(math.ceil(first / step) * step, math.floor(last / step) * step + 1, step)


def _cross(x: float, y: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    return ((x - 1.5, y), (x + 1.5, y)), ((x, y - 1.5), (x, y + 1.5))


def _km(metres: int, step: int) -> str:
    decimals = 0 if step >= 1000 else 1 if step >= 100 else 2
    return f"{metres / 1000:.{decimals}f}"


def neatline(frame: MapFrame) -> Iterator[Item]:
    """The frame of the map: a thin line, and a strong one around the figures of the grid."""
    w = frame.window
    yield _rectangle(w.x, w.y, w.width, w.height, 0.25, "neatline")


def _rectangle(x: float, y: float, width: float, height: float, pen_mm: float, name: str) -> Shape:
    ring = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return Shape((ring,), True, Pen(INK, pen_mm), name=name)


def north_arrow(x: float, y: float, height: float, lang: str) -> Iterator[Item]:
    """An arrow to grid north, its foot at (x, y); north is up on every sheet."""
    half = height * 0.2
    tip, foot, notch = (x, y + height), y, (x, y + height * 0.26)
    yield Shape(
        (((x, y + height), (x + half, foot), notch),), True, Pen(INK, 0.2), INK, name="north"
    )
    yield Shape(((tip, (x - half, foot), notch),), True, Pen(INK, 0.2), "#ffffff")
    yield Words(x, y + height + height * 0.1, "N", height * 0.95, True, INK, "centre")
    yield Words(x, y - height * 0.26, GRID_NORTH.in_(lang), height * 0.42, False, INK, "centre")


def scale_bar(
    x: float, y: float, longest_mm: float, scale: int, size_pt: float, lang: str
) -> Iterator[Item]:
    """A bar of four parts from (x, y) to the right, at the true scale, with its figures above."""
    total_m = bar_m(longest_mm, scale)
    part = total_m / 4 * 1000 / scale
    high = size_pt * 0.14
    for place in range(4):
        left = x + place * part
        ring = ((left, y), (left + part, y), (left + part, y + high), (left, y + high))
        fill = INK if place % 2 == 0 else "#ffffff"
        yield Shape((ring,), True, Pen(INK, 0.15), fill, name=f"scalebar-{place}")
    for place in (0, 2, 4):
        text = _distance(total_m * place / 4, total_m)
        yield Words(x + place * part, y + high + 0.9, text, size_pt, False, INK, "centre")
    words = f"{SCALE.in_(lang)} 1:{scale:,}"
    yield Words(
        x + 2 * part, y + high + size_pt * 0.55 + 1, words, size_pt * 1.25, True, INK, "centre"
    )


def bar_m(longest_mm: float, scale: int) -> int:
    """Return the length of the scale bar on the ground: 4, 2, 8 or 10 times a power of ten."""
    most = longest_mm * scale / 1000
    power = 10 ** math.floor(math.log10(most))
    return int(max(n for n in (1, 2, 4, 8) if n * power <= most) * power)


def _distance(metres: float, total_m: int) -> str:
    if total_m >= 2_000:
        return f"{metres / 1000:g} km" if metres == total_m else f"{metres / 1000:g}"
    return f"{metres:g} m" if metres == total_m else f"{metres:g}"
