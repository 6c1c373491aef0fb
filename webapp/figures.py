"""Figures as the pages show them: in the chosen unit, rounded once and only here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from unicodedata import east_asian_width

from geo.types import Text
from layers.export.figures import UNITS, Scale
from layers.statistics import INDICATORS, Indicator, Mark, Row, Table

UNKNOWN = "—"

#: Digits after the point, by unit of area.
_AREA_DECIMALS: Mapping[str, int] = MappingProxyType({"ha": 2, "mu": 1, "m2": 0, "km2": 3})
_PERCENT = Text(zh="%", en="%")
#: What no choice of unit touches; floor area is never in a unit of land.
_FIXED: Mapping[str, Scale] = MappingProxyType(
    {
        "count": Scale(None, 1, 0),
        "floor_m2": Scale(Text(zh="万㎡", en="10,000 m²"), 10_000, 2),
        "ratio": Scale(_PERCENT, 0.01, 1),
        "distance": Scale(Text(zh="m", en="m"), 1, 0),
        "m_per_km2": Scale(Text(zh="m/km²", en="m/km²"), 1, 0),
    }
)
#: The columns of the page, in their order; the ellipsoid stands under “where from”.
_COLUMNS = (
    "count",
    "unlocated",
    "length_m",
    "gross_m2",
    "net_m2",
    "overlap_m2",
    "share_of_district",
    "stated_land_m2",
    "stated_floor_m2",
    "stated_count",
)
#: English has no word for ten thousand square metres.
_FLOOR_EN = Scale(Text(zh="㎡", en="m²"), 1, 0)
_ALWAYS = frozenset({"count", "unlocated"})


@dataclass(frozen=True)
class Figures:
    """Writes figures in one unit and one language."""

    unit: str
    lang: str

    def scale(self, kind: str) -> Scale | None:
        """How a kind of figure is written; None for words."""
        chosen = UNITS[self.unit]
        if kind == "m2":
            return Scale(chosen.area.unit, chosen.area.per, _AREA_DECIMALS[self.unit])
        if kind == "m":
            metres = chosen.length.per == 1
            return Scale(chosen.length.unit, chosen.length.per, 0 if metres else 2)
        if kind == "floor_m2" and self.lang == "en":
            return _FLOOR_EN
        return _FIXED.get(kind)

    def number(self, kind: str, value: float | None) -> str:
        """A figure without its unit: as it stands under a header that has it."""
        scale = self.scale(kind)
        if value is None or scale is None:
            return UNKNOWN
        return rounded(value / scale.per, scale.decimals)

    def unit_of(self, kind: str) -> str:
        """The unit that stands in a header; empty for a plain number."""
        scale = self.scale(kind)
        return scale.unit.in_(self.lang) if scale and scale.unit else ""

    def whole(self, kind: str, value: float | None) -> str:
        """A figure with its unit."""
        if value is None:
            return UNKNOWN
        unit = self.unit_of(kind)
        return f"{self.number(kind, value)} {unit}".rstrip()

    def cell(self, kind: str, value: Any) -> str:
        """A value of an analysis: words, a figure, or yes."""
        if value is None or value is False:
            return "" if value is False else UNKNOWN
        if isinstance(value, Text):
            return value.in_(self.lang)
        if kind in {"text", "flag"}:
            return str(value) if kind == "text" else _YES.in_(self.lang)
        return self.number(kind, value)


_YES = Text(zh="是", en="yes")


def rounded(value: float, decimals: int) -> str:
    """Thousands separated; what would round to nothing says so, and is not 0."""
    least = 10.0**-decimals
    if 1e-9 < abs(value) < least / 2:
        return f"<{least:.{decimals}f}" if value > 0 else "≈0"
    return f"{value + 0.0:,.{decimals}f}".replace("-", "−") if round(value, decimals) else "0"


def columns(table: Table) -> tuple[Indicator, ...]:
    """The columns that say something; one that no row knows is left out."""
    rows = (*table.rows, table.total)
    return tuple(
        INDICATORS[name]
        for name in _COLUMNS
        if name in _ALWAYS or any(INDICATORS[name].value(row) is not None for row in rows)
    )


#: The most entries of one list on a page.
MOST_LISTED = 200


@dataclass(frozen=True)
class Listed:
    """The first entries of a long list, and how many there are."""

    shown: tuple[Any, ...]
    total: int

    @classmethod
    def first(cls, entries: Sequence[Any]) -> Listed:
        """As many as a page shows."""
        return cls(tuple(entries[:MOST_LISTED]), len(entries))

    @property
    def cut(self) -> bool:
        """Whether there are more than are shown."""
        return self.total > len(self.shown)


@dataclass(frozen=True)
class Told:
    """A mark of a row with how many projects it is about; None for the whole row."""

    mark: Mark
    number: int | None


def told(row: Row) -> tuple[Told, ...]:
    """What a row's reader must know, and of how many projects."""
    numbers = {
        "schematic": row.schematic,
        "schematic_left_out": row.schematic,
        "unlocated": row.unlocated,
        "place_unknown": row.unlocated,
    }
    return tuple(Told(mark, numbers.get(mark.id)) for mark in row.marks)


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its figure, and its length in per cent of the longest."""

    label: str
    figure: str
    percent: float
    colour: str | None = None

    @property
    def short(self) -> str:
        """The label as far as there is room for it beside the figure."""
        return shortened(self.label, _ROOM)


@dataclass(frozen=True)
class Chart:
    """Bars with the words that stand for them where they cannot be seen."""

    id: str
    title: str
    unit: str
    bars: tuple[Bar, ...]
    more: int = 0

    @property
    def said(self) -> str:
        """Every bar in words."""
        return "; ".join(f"{bar.label} {bar.figure}" for bar in self.bars)


#: What is drawn of a table, and the most bars of one chart.
_ROOM = 38
CHARTED = ("net_m2", "length_m", "count")
MOST_BARS = 12


def charts(table: Table, show: Figures, colours: Mapping[str, str]) -> tuple[Chart, ...]:
    """A chart for each figure that some row has."""
    found = (_chart(INDICATORS[name], table.rows, show, colours) for name in CHARTED)
    return tuple(chart for chart in found if chart.bars)


def shortened(words: str, room: int) -> str:
    """Words cut to a width in which a Chinese letter takes two places and another one."""
    taken = 0
    for place, letter in enumerate(words):
        taken += 2 if east_asian_width(letter) in "WF" else 1
        if taken > room:
            return words[:place].rstrip() + "…"
    return words


def _chart(
    indicator: Indicator, rows: Sequence[Row], show: Figures, colours: Mapping[str, str]
) -> Chart:
    known = [(row, value) for row in rows if (value := indicator.value(row))]
    shown = (
        sorted(known, key=lambda pair: -pair[1])[:MOST_BARS] if len(known) > MOST_BARS else known
    )
    bars = bars_of(
        [
            (label(row, show.lang), value, colours.get(row.value("layer") or ""))
            for row, value in shown
        ],
        indicator.unit,
        show,
    )
    title, unit = indicator.title.in_(show.lang), show.unit_of(indicator.unit)
    return Chart(indicator.id, title, unit, bars, len(known) - len(shown))


def bars_of(
    values: Iterable[tuple[str, float, str | None]], kind: str, show: Figures
) -> tuple[Bar, ...]:
    """Bars of labels with values, as long as each is of the greatest."""
    found = list(values)
    most = max((value for _, value, _ in found), default=0.0)
    return tuple(
        Bar(name, show.number(kind, value), round(100 * value / most, 2) if most else 0.0, colour)
        for name, value, colour in found
    )


def label(row: Row, lang: str, after: int = 0) -> str:
    """The name of a row in one line, without its first steps; empty for the total."""
    return " · ".join(key.label.in_(lang) for key in row.key[after:])


def years_chart(table: Table, show: Figures) -> Chart:
    """How many projects are under way in each year; those of several stand in each of theirs."""
    values = [(label(row, show.lang), float(row.count), None) for row in table.rows]
    return Chart("years", "", "", bars_of(values, "count", show))
