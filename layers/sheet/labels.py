"""Names on the map: each where it is read best and hides no other; the mark 示意 goes with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from layers.drawing import Item, Shape, Window, Words, haloed
from layers.drawing.model import MM_PER_POINT
from layers.sheet.features import Feature
from layers.sheet.words import SCHEMATIC_MARK

Box = tuple[float, float, float, float]
_LONGEST_LINE = 11
_MOST = 1_500
#: How far from a point its name stands, in mm a point of its letters: clear of the point's mark.
_BESIDE = 0.35
_ALONG = (0.5, 0.35, 0.65, 0.2, 0.8, 0.08, 0.92)
_AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))


@dataclass(frozen=True)
class Wish:
    """A name that wants a place: its lines, its look and where it belongs, the best place first."""

    id: str
    lines: tuple[str, ...]
    short: tuple[str, ...]
    size_pt: float
    colour: str
    bold: bool
    geometry: BaseGeometry


@dataclass
class Labels:
    """Places names one after another; the first come are the first served."""

    window: Window
    taken: list[Box] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def keep_free(self, boxes: Iterable[Box]) -> None:
        """Nothing is written over these."""
        self.taken.extend(boxes)

    def place(self, wish: Wish) -> None:
        """Write a name in full, else its id, else remember that it found no place."""
        for lines in (wish.lines, wish.short):
            for x, y in _anchors(wish, *_size(lines, wish)):
                box = _box(x, y, *_size(lines, wish))
                if lines and self.has_room(box):
                    self.taken.append(box)
                    self.items += _written(lines, wish, box, self.window)
                    return
        self.dropped.append(wish.id)

    def has_room(self, box: Box) -> bool:
        """Whether nothing stands there yet and it lies inside the window."""
        window = self.window
        inside = (
            box[0] > window.x + 1
            and box[1] > window.y + 1
            and box[2] < window.x + window.width - 1
            and box[3] < window.y + window.height - 1
        )
        return inside and not any(_touch(box, other) for other in self.taken)


def wishes(
    features: Iterable[tuple[Feature, BaseGeometry]], lang: str, size_pt: float
) -> list[Wish]:
    """The names of features, the most needed first: stations, projects, then the base map.

    A base map layer of one feature, such as an outline, is told by the legend alone.
    """
    placed = list(features)
    alone = Counter(feature.layer.id for feature, _ in placed)
    found = [
        (_rank(feature), _wish(feature, shape, lang, size_pt))
        for feature, shape in placed
        if feature.layer.is_projects or alone[feature.layer.id] > 1
    ]
    found.sort(key=lambda pair: pair[0])
    return [wish for _, wish in found if wish.lines][:_MOST]


def _rank(feature: Feature) -> tuple[int, str]:
    kind = int(shapely.get_dimensions(feature.geometry))
    if feature.layer.is_projects:
        return (1 if kind == 0 else 2, feature.id)
    return (0, feature.id) if kind == 0 else (4 - kind, feature.id)


def _wish(feature: Feature, shape: BaseGeometry, lang: str, size_pt: float) -> Wish:
    name = feature.name.in_(lang)
    mark = f"（{SCHEMATIC_MARK}）" if feature.schematic else ""
    own, kind = feature.layer.is_projects, int(shapely.get_dimensions(feature.geometry))
    lines = _wrapped(f"{feature.id} {name}" if own else name, mark)
    return Wish(
        feature.id,
        lines,
        (f"{feature.id}{mark}",) if own else (),
        size_pt * (1 if own else 1.35 if kind == 2 else 0.94),
        "#1f1f1f" if own else _quiet(feature),
        bold=(own and kind == 0) or (not own and kind == 2),
        geometry=shape,
    )


def _quiet(feature: Feature) -> str:
    """The colour of a name of the base map."""
    if shapely.get_dimensions(feature.geometry) == 0:
        return "#1c2f6e"
    return "#2f6f94" if "river" in feature.layer.id else "#6d6659"


def _wrapped(text: str, mark: str) -> tuple[str, ...]:
    """At most two lines; what is longer ends with an ellipsis."""
    most = _LONGEST_LINE if any(ord(letter) > 0x2E80 for letter in text) else 2 * _LONGEST_LINE
    if len(text) + len(mark) <= most + 2:
        return (text + mark,)
    cut = _break(text, most)
    rest = text[cut:].strip()
    rest = rest if len(rest) <= most + 2 else rest[: most + 1] + "…"
    return (text[:cut].strip(), rest + mark)


def _break(text: str, most: int) -> int:
    """Where a name is cut in two: before a bracket, else at a blank, else where the line ends."""
    brackets = [place for sign in "(（" if 3 < (place := text.find(sign)) <= most + 1]
    blank = text.rfind(" ", 4, most + 1) if most > _LONGEST_LINE else -1
    return brackets[0] if brackets else blank if blank > 0 else most


def _size(lines: tuple[str, ...], wish: Wish) -> tuple[float, float]:
    """Width and height in millimetres."""
    widths = [Words(0, 0, line, wish.size_pt, wish.bold).width_mm for line in lines]
    return max(widths, default=0.0), wish.size_pt * MM_PER_POINT * 1.2 * len(lines)


def _anchors(wish: Wish, width: float, height: float) -> Iterator[tuple[float, float]]:
    """Middles of the places where a name of this size may stand."""
    shape = wish.geometry
    kind = int(shapely.get_dimensions(shape))
    if kind == 1:
        yield from _along(shape, height)
        return
    centre = shape.representative_point()
    gap = wish.size_pt * _BESIDE if kind == 0 else height * 0.6
    if kind == 2:
        yield centre.x, centre.y
    for across, up in _AROUND:
        far = width / 2 + gap if kind == 0 else width * 0.4
        yield centre.x + across * far, centre.y + up * (height / 2 + gap)
    if kind == 2:
        yield from _along(shapely.boundary(shape), height)


def _along(line: BaseGeometry, height: float) -> Iterator[tuple[float, float]]:
    parts = shapely.get_parts([line])
    longest = max(parts, key=shapely.length)
    for fraction in _ALONG:
        at = longest.interpolate(fraction, normalized=True)
        for lift in (height / 2 + 1.2, -height / 2 - 1.2):
            yield at.x, at.y + lift


def _box(x: float, y: float, width: float, height: float) -> Box:
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _written(
    lines: tuple[str, ...], wish: Wish, box: Box, window: Window
) -> Iterator[Shape | Words]:
    step = (box[3] - box[1]) / len(lines)
    middle = (box[0] + box[2]) / 2
    for row, line in enumerate(lines):
        base = box[3] - step * (row + 1) + step * 0.27
        yield from haloed(
            Words(middle, base, line, wish.size_pt, wish.bold, wish.colour, "centre", window=window)
        )
