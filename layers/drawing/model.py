"""What stands on a paper. Millimetres from the lower left corner, x to the right, y upwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from layers import fonts

MM_PER_POINT = 25.4 / 72
Align = Literal["left", "centre", "right"]
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Pen:
    """A stroke: colour (#rrggbb), width and dashes in millimetres."""

    colour: str
    width_mm: float
    opacity: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle that hides what lies outside of it."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Shape:
    """Lines or a filled area. ``closed`` rings are filled by the even-odd rule, holes included."""

    rings: tuple[Ring, ...]
    closed: bool = False
    pen: Pen | None = None
    fill: str | None = None
    fill_opacity: float = 1.0
    window: Window | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text. ``x, y`` is its base line at the left, the middle or the right."""

    x: float
    y: float
    text: str
    size_pt: float
    bold: bool = False
    colour: str = "#222222"
    align: Align = "left"
    angle: int = 0
    window: Window | None = None

    @property
    def face(self) -> fonts.Face:
        """The face it is set in."""
        return fonts.BOLD if self.bold else fonts.REGULAR

    @property
    def shown(self) -> str:
        """What is drawn: a character that the font lacks is a visible box."""
        return fonts.shown(self.text, self.face)

    @property
    def width_mm(self) -> float:
        """How long it is."""
        return fonts.width(self.shown, self.size_pt * MM_PER_POINT, self.face)

    @property
    def start(self) -> tuple[float, float]:
        """Where its first letter begins, whatever the alignment."""
        back = {"left": 0.0, "centre": 0.5, "right": 1.0}[self.align] * self.width_mm
        return (self.x, self.y - back) if self.angle == 90 else (self.x - back, self.y)


Item = Shape | Words


@dataclass(frozen=True, slots=True)
class Drawing:
    """A paper with what is on it, the lowest first. ``lost`` are characters shown as boxes."""

    width_mm: float
    height_mm: float
    items: tuple[Item, ...]
    title: str = ""

    @property
    def lost(self) -> tuple[str, ...]:
        """Characters that the font lacks, each once."""
        words = (item for item in self.items if isinstance(item, Words))
        return tuple(dict.fromkeys(c for w in words for c in fonts.missing(w.text, w.face)))


def shifted(item: Item, right: float, up: float) -> Item:
    """The same at another place of the paper."""
    window = item.window and replace(item.window, x=item.window.x + right, y=item.window.y + up)
    if isinstance(item, Words):
        return replace(item, x=item.x + right, y=item.y + up, window=window)
    rings = tuple(tuple((x + right, y + up) for x, y in ring) for ring in item.rings)
    return replace(item, rings=rings, window=window)


def haloed(words: Words, colour: str = "#ffffff", width_mm: float = 0.7) -> Iterator[Item]:
    """Give a text with a rim around its letters, so that it can be read on any ground."""
    x, y = words.start
    size_mm = words.size_pt * MM_PER_POINT
    rings = fonts.outline(words.shown, size_mm, words.face)
    placed = tuple(tuple((x + dx, y + dy) for dx, dy in ring) for ring in rings)
    yield Shape(placed, closed=True, pen=Pen(colour, width_mm, 0.85), window=words.window)
    yield words
