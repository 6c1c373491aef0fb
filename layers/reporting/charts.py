"""Bar charts as drawings: the same vectors in the PDF and the picture of the DOCX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from layers.drawing import Drawing, Item, Pen, Shape, Words
from layers.drawing.model import MM_PER_POINT

_BAR_MM, _STEP_MM, _SIZE_PT = 3.6, 5.6, 7.5
_INK, _RULE = "#222222", "#b9b4a8"


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its value, how the value is written, and its colour."""

    label: str
    value: float
    text: str
    colour: str = "#4a7ba6"


def bars(rows: Sequence[Bar], width_mm: float) -> Drawing:
    """Draw horizontal bars from a common zero; every bar says its own value."""
    height = len(rows) * _STEP_MM + 3
    label = min(max((_words(row.label) for row in rows), default=0) + 2, width_mm * 0.45)
    value = max((_words(row.text) for row in rows), default=0) + 3
    room = width_mm - label - value
    most = max((row.value for row in rows), default=0) or 1
    items: list[Item] = []
    for place, row in enumerate(rows):
        middle = height - 1.5 - (place + 0.5) * _STEP_MM
        items += _bar(row, label, middle, room * row.value / most)
    axis = ((label, 0.8), (label, height - 0.8))
    items.append(Shape((axis,), pen=Pen(_RULE, 0.25)))
    return Drawing(width_mm, height, tuple(items))


def _bar(row: Bar, left: float, middle: float, long: float) -> Iterator[Item]:
    low, high = middle - _BAR_MM / 2, middle + _BAR_MM / 2
    base = middle - _SIZE_PT * MM_PER_POINT * 0.36
    if long > 0:
        ring = ((left, low), (left + long, low), (left + long, high), (left, high))
        yield Shape((ring,), True, None, row.colour)
    yield Words(left - 1.2, base, _short(row.label, left - 1.5), _SIZE_PT, align="right")
    yield Words(left + long + 1.2, base, row.text, _SIZE_PT, colour=_INK)


def _words(text: str) -> float:
    return Words(0, 0, text, _SIZE_PT).width_mm


def _short(text: str, room: float) -> str:
    """A label cut to its room, with an ellipsis."""
    if _words(text) <= room:
        return text
    while text and _words(text + "…") > room:
        text = text[:-1]
    return text + "…"
