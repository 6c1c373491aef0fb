"""The legend: the symbols that stand on the sheet, in the order of the catalog, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import shapely

from geo.types import Text
from layers.catalog import Catalog
from layers.drawing import Item, Pen, Shape, Words
from layers.drawing.model import MM_PER_POINT
from layers.sheet.features import Feature
from layers.sheet.symbols import mark, pen
from layers.sheet.words import QUALITY, SCHEMATIC, UNCLASSIFIED
from layers.style import Symbol

_SIZES_PT = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0)
_SWATCH_EM, _GAP_EM, _LINE_EM = 2.6, 0.6, 1.55


@dataclass(frozen=True)
class Entry:
    """One line of the legend; without a symbol it is a heading."""

    text: str
    symbol: Symbol | None = None
    kind: int = 0
    badge: str = ""
    dash: str | None = None


def entries(catalog: Catalog, features: Iterable[Feature], lang: str) -> list[Entry]:
    """What the legend says of these features."""
    by_layer: dict[str, list[Feature]] = {}
    for feature in features:
        by_layer.setdefault(feature.layer.id, []).append(feature)
    found: list[Entry] = []
    for layer in catalog.layers:
        if layer.id in by_layer:
            found += _layer_entries(catalog, by_layer[layer.id], lang)
    if any(feature.schematic for of in by_layer.values() for feature in of):
        grey = Symbol(stroke="#444444", width=2)
        dash = catalog.palette.schematic.dash
        found.append(Entry(QUALITY.in_(lang)))
        found.append(Entry(SCHEMATIC.in_(lang), grey, 1, dash=dash))
    return found


def _layer_entries(catalog: Catalog, features: list[Feature], lang: str) -> Iterator[Entry]:
    layer = features[0].layer
    style = catalog.style(layer)
    by_value: Mapping[str | None, Feature] = {f.value: f for f in features if f.known}
    order = [value for value in style.symbols if value in by_value] if style.by else [None]
    yield Entry(layer.title.in_(lang))
    for value in order:
        if value in by_value:
            title = layer.fields[style.by].title_of(value) if style.by and value else layer.title
            yield _entry(title.in_(lang), by_value[value])
    unknown = next((feature for feature in features if not feature.known), None)
    if unknown is not None:
        yield _entry(UNCLASSIFIED.in_(lang), unknown)
    badges = {f.badge[0]: f.badge[1] for f in features if f.badge}
    for value in (value for value in style.badges if value in badges):
        title = layer.fields[str(style.badge_by)].title_of(value)
        yield Entry(title.in_(lang), features[0].symbol, 3, badge=badges[value].in_(lang))


def _entry(text: str, feature: Feature) -> Entry:
    kind = int(shapely.get_dimensions(feature.geometry))
    return Entry(text, feature.symbol, kind, dash=feature.symbol.dash)


@dataclass(frozen=True)
class Plot:
    """A rectangle of the paper; ``y`` is its upper edge."""

    x: float
    y: float
    width: float
    height: float


def write(found: list[Entry], plot: Plot, scale: float, largest_pt: float) -> list[Item]:
    """Fill a rectangle with the legend, its letters as large as they fit.

    The smallest letters are taken when nothing fits: a legend is never cut.
    """
    for size in (size for size in _SIZES_PT if size <= largest_pt):
        columns = _columns(found, plot, size)
        if columns is not None:
            return list(_filled(columns, plot, size, scale))
    size = _SIZES_PT[-1]
    return list(_filled(_split(found, max(1, len(found) // 2 + 1)), plot, size, scale))


def _columns(found: list[Entry], plot: Plot, size: float) -> list[list[Entry]] | None:
    """The entries in columns that fit; None when these letters are too large."""
    em = size * MM_PER_POINT
    rows = int(plot.height / (em * _LINE_EM))
    if rows < 2:
        return None
    columns = _split(found, rows)
    wide = sum(_width(column, size) for column in columns) + em * 1.5 * (len(columns) - 1)
    return columns if wide <= plot.width else None


def _split(found: list[Entry], rows: int) -> list[list[Entry]]:
    """Columns of at most ``rows`` lines; a heading never stands last."""
    columns: list[list[Entry]] = [[]]
    for place, entry in enumerate(found):
        last_heading = entry.symbol is None and len(columns[-1]) == rows - 1
        if len(columns[-1]) >= rows or (last_heading and place + 1 < len(found)):
            columns.append([])
        columns[-1].append(entry)
    return columns


def _width(column: list[Entry], size: float) -> float:
    em = size * MM_PER_POINT
    indent = em * (_SWATCH_EM + _GAP_EM)
    return max(
        Words(0, 0, e.text, size, e.symbol is None).width_mm + (indent if e.symbol else 0)
        for e in column
    )


def _filled(columns: list[list[Entry]], plot: Plot, size: float, scale: float) -> Iterator[Item]:
    em = size * MM_PER_POINT
    x = plot.x
    for column in columns:
        for row, entry in enumerate(column):
            base = plot.y - em * (_LINE_EM * row + 1.1)
            yield from _line(entry, x, base, size, scale)
        x += _width(column, size) + em * 1.5


def _line(entry: Entry, x: float, base: float, size: float, scale: float) -> Iterator[Item]:
    if entry.symbol is None:
        yield Words(x, base, entry.text, size, bold=True)
        return
    em = size * MM_PER_POINT
    yield from _swatch(entry, entry.symbol, x, base + em * 0.36, em, scale)
    yield Words(x + em * (_SWATCH_EM + _GAP_EM), base, entry.text, size)


def _swatch(
    entry: Entry, symbol: Symbol, x: float, y: float, em: float, scale: float
) -> Iterator[Item]:
    """A symbol's sample, its middle line at y."""
    wide, high = em * _SWATCH_EM, em * 0.9
    stroke = pen(symbol, entry.dash, scale)
    thin = Pen(stroke.colour, min(stroke.width_mm, em * 0.8), stroke.opacity, stroke.dash)
    if entry.kind == 0:
        yield mark(symbol, x + wide / 2, y, Pen(thin.colour, thin.width_mm * 0.7), scale * 0.9)
    elif entry.kind == 1:
        yield Shape((((x, y), (x + wide, y)),), pen=thin)
    elif entry.kind == 2:
        ring = (
            (x, y - high / 2),
            (x + wide, y - high / 2),
            (x + wide, y + high / 2),
            (x, y + high / 2),
        )
        yield Shape((ring,), True, thin, symbol.fill, symbol.fill_opacity)
    else:
        yield from badge(
            Text(entry.badge, entry.badge), "zh", x + wide / 2, y, em * 0.62, "#444444"
        )


def badge(text: Text, lang: str, x: float, y: float, radius: float, colour: str) -> Iterator[Item]:
    """The one-character mark of a feature: a small disc with a letter."""
    round_mark = Symbol(
        stroke="#ffffff", width=1, fill=colour, fill_opacity=1, radius=6, shape="circle"
    )
    disc = mark(round_mark, x, y, Pen("#ffffff", 0.2), radius / (6 * 25.4 / 96 * 0.8))
    yield disc
    size = radius * 1.35 / MM_PER_POINT
    yield Words(x, y - radius * 0.48, text.in_(lang), size, True, "#ffffff", "centre")
