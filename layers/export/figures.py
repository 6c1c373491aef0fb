"""Statistics, ready to be exported: units chosen, words in one language, provenance gathered.

Figures are converted once from metres; each unit keeps as many digits as two of a square metre.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from geo.errors import NotFound
from geo.types import Text
from layers.export.content import Cell, Column, Sheet, Tables
from layers.export.provenance import SCHEMATIC, provenance
from layers.plan import Plan
from layers.statistics import (
    ANALYSES,
    GROUPS,
    INDICATORS,
    METHODS,
    Comparison,
    Mark,
    Pair,
    Question,
    Row,
    analyse,
)
from layers.statistics import overlaps as overlaps_of
from layers.statistics import stated as stated_of
from layers.statistics import table as table_of

TOTAL = Text(zh="合计", en="Total")
_SEPARATOR = Text(zh="、", en=", ")


@dataclass(frozen=True)
class Scale:
    """How a figure is written: divided by ``per``, with so many digits; ``unit`` in the header."""

    unit: Text | None
    per: float
    decimals: int


@dataclass(frozen=True)
class Units:
    """The units of one choice: areas in the unit that was chosen, lengths to match."""

    id: str
    title: Text
    area: Scale
    length: Scale


_METRES = Scale(Text(zh="m", en="m"), 1, 2)
_KILOMETRES = Scale(Text(zh="km", en="km"), 1_000, 5)
#: 1 公顷 = 10,000 ㎡ = 15 亩.
UNITS: Mapping[str, Units] = MappingProxyType(
    {
        name: Units(name, unit, Scale(unit, per, decimals), length)
        for name, unit, per, decimals, length in (
            ("ha", Text(zh="公顷", en="ha"), 10_000, 6, _KILOMETRES),
            ("mu", Text(zh="亩", en="mu"), 10_000 / 15, 5, _KILOMETRES),
            ("m2", Text(zh="㎡", en="m²"), 1, 2, _METRES),
            ("km2", Text(zh="km²", en="km²"), 1_000_000, 8, _KILOMETRES),
        )
    }
)
DEFAULT_UNIT = "ha"
#: Of figures that no choice of unit touches; floor area is never in a unit of land.
_FIXED: Mapping[str, Scale] = MappingProxyType(
    {
        "count": Scale(None, 1, 0),
        "floor_m2": Scale(Text(zh="万㎡", en="10,000 m²"), 10_000, 6),
        "ratio": Scale(Text(zh="%", en="%"), 0.01, 4),
        "m_per_km2": Scale(Text(zh="m/km²", en="m/km²"), 1, 2),
    }
)


def units_of(name: str) -> Units:
    """The units of a name; NotFound when there are none."""
    try:
        return UNITS[name]
    except KeyError:
        raise NotFound(Text(zh="单位", en="unit"), name) from None


@dataclass(frozen=True)
class _Writer:
    """Writes figures of every kind in the chosen units and one language."""

    units: Units
    lang: str

    def scale(self, kind: str) -> Scale | None:
        """The scale of a kind of figure; None for words."""
        chosen = {"m": self.units.length, "m2": self.units.area}
        return chosen.get(kind) or _FIXED.get(kind)

    def column(self, name: str, title: Text, kind: str) -> Column:
        scale = self.scale(kind)
        if scale is None:
            return Column(name, title)
        whole = kind == "count"
        return Column(name, title, scale.unit, "integer" if whole else "number", scale.decimals)

    def cell(self, kind: str, value: Any) -> Cell:
        """A value of a kind; unknown stays unknown."""
        if value is None or isinstance(value, Text):
            return value.in_(self.lang) if value else None
        if kind == "flag":
            return _FLAG.in_(self.lang) if value else ""
        scale = self.scale(kind)
        return str(value) if scale is None else float(value) / scale.per

    def marks(self, marks: Iterable[Mark]) -> str:
        """The titles of marks; what holds for every figure stands in the provenance."""
        return self.joined(mark.title.in_(self.lang) for mark in marks if mark.id != "not_survey")

    def joined(self, words: Iterable[str]) -> str:
        return _SEPARATOR.in_(self.lang).join(words)


_FLAG = Text(zh="是", en="yes")
_MARKS = Column("marks", Text(zh="标记", en="Marks"))
_IDS = Column("ids", Text(zh="项目编号", en="Projects"))


def statistics(
    plan: Plan, question: Question, *, unit: str = DEFAULT_UNIT, lang: str = "zh"
) -> Tables:
    """The table of a question with its overlapping pairs.

    Parameters
    ----------
    plan, question
        As for :func:`layers.statistics.table`.
    unit
        One of :data:`UNITS`.
    lang
        ``zh`` or ``en``.

    Raises
    ------
    InputError
        The plan cannot answer the question.
    NotFound
        There is no such unit.
    """
    writer = _Writer(units_of(unit), lang)
    answer = table_of(plan, question)
    groups = [Column(group, GROUPS[group].title) for group in question.group] or [_ALL]
    kinds = [(one, writer.column(one.id, one.title, one.unit)) for one in INDICATORS.values()]
    columns = (*groups, *(column for _, column in kinds), _MARKS, _IDS)
    rows = [_row(row, len(groups), writer) for row in (*answer.rows, answer.total)]
    title = Text(zh="统计表", en="Statistics")
    pairs = _pairs(overlaps_of(plan, question).pairs, writer)
    sheets = (Sheet("statistics", title, columns, rows), pairs)
    return _tables(plan, question, "statistics", sheets, answer, writer)


_ALL = Column("all", Text(zh="范围", en="Scope"))


def _row(row: Row, groups: int, writer: _Writer) -> list[Cell]:
    labels = [key.label.in_(writer.lang) for key in row.key]
    labels = labels or [TOTAL.in_(writer.lang), *[""] * (groups - 1)]
    figures = [writer.cell(one.unit, one.value(row)) for one in INDICATORS.values()]
    return [*labels, *figures, writer.marks(row.marks), writer.joined(row.ids)]


def overlaps(
    plan: Plan, question: Question, *, unit: str = DEFAULT_UNIT, lang: str = "zh"
) -> Tables:
    """The overlapping pairs of a question, and what each two layers share."""
    writer, answer = _Writer(units_of(unit), lang), overlaps_of(plan, question)
    names = {layer.id: layer.title.in_(lang) for layer in plan.layers}
    columns = (
        Column("left", Text(zh="图层", en="Layer")),
        Column("right", Text(zh="与图层", en="With layer")),
        writer.column("pairs", Text(zh="对数", en="Pairs"), "count"),
        *_shared_columns(writer),
    )
    rows = [
        [
            names[cell.left],
            names[cell.right],
            cell.pairs,
            writer.cell("m2", cell.area_m2),
            writer.cell("m", cell.length_m),
        ]
        for cell in answer.matrix
    ]
    matrix = Sheet("matrix", Text(zh="图层之间", en="By layer"), columns, rows)
    sheets = (_pairs(answer.pairs, writer), matrix)
    return _tables(plan, question, "overlaps", sheets, answer, writer)


def _shared_columns(writer: _Writer) -> tuple[Column, Column]:
    return (
        writer.column("area_m2", Text(zh="共有面积", en="Shared area"), "m2"),
        writer.column("length_m", Text(zh="共有长度", en="Shared length"), "m"),
    )


def _pairs(pairs: Sequence[Pair], writer: _Writer) -> Sheet:
    columns = (
        Column("left", Text(zh="项目", en="Project")),
        Column("left_name", Text(zh="名称", en="Name")),
        Column("right", Text(zh="与项目", en="With project")),
        Column("right_name", Text(zh="其名称", en="Its name")),
        *_shared_columns(writer),
        _MARKS,
    )
    rows = [_pair(pair, writer) for pair in pairs]
    return Sheet("overlaps", Text(zh="重叠", en="Overlaps"), columns, rows)


def _pair(pair: Pair, writer: _Writer) -> list[Cell]:
    return [
        pair.left.id,
        pair.left.name.in_(writer.lang),
        pair.right.id,
        pair.right.name.in_(writer.lang),
        writer.cell("m2", pair.area_m2),
        writer.cell("m", pair.length_m),
        SCHEMATIC.in_(writer.lang) if pair.schematic else "",
    ]


def stated(plan: Plan, question: Question, *, unit: str = DEFAULT_UNIT, lang: str = "zh") -> Tables:
    """What the plan states beside what is drawn; land, floor and number apart."""
    writer, answer = _Writer(units_of(unit), lang), stated_of(plan, question)
    names = {layer.id: layer.title.in_(lang) for layer in plan.layers}
    columns = tuple(writer.column(name, title, kind) for name, title, kind in _STATED)
    rows = [_compared(row, names, writer) for row in answer.rows]
    total = answer.total
    sums = {"land": total.stated_m2, "drawn": total.drawn_m2}
    sums |= {"difference_m2": total.difference_m2, "difference": total.difference}
    rows.append([TOTAL.in_(lang), *_cells(sums, writer)[1:]])
    sheet = Sheet("stated", Text(zh="载明与图上", en="Stated and drawn"), columns, rows)
    return _tables(plan, question, "stated", (sheet,), answer, writer)


_STATED = (
    ("id", Text(zh="项目编号", en="Project"), "text"),
    ("layer", Text(zh="图层", en="Layer"), "text"),
    ("name", Text(zh="名称", en="Name"), "text"),
    ("land", Text(zh="载明用地面积", en="Stated land"), "m2"),
    ("floor", Text(zh="载明建筑面积", en="Stated floor"), "floor_m2"),
    ("count", Text(zh="载明数量", en="Stated number"), "count"),
    ("drawn", Text(zh="图上面积", en="Drawn area"), "m2"),
    ("geodesic", Text(zh="椭球面面积", en="Area on the ellipsoid"), "m2"),
    ("difference_m2", Text(zh="差", en="Difference"), "m2"),
    ("difference", Text(zh="差（占载明）", en="Difference of the stated"), "ratio"),
    ("flagged", Text(zh="超出 5 %", en="Beyond 5 %"), "flag"),
    ("reason", Text(zh="不可比的原因", en="Why not comparable"), "text"),
    ("marks", _MARKS.title, "text"),
)


def _compared(row: Comparison, names: Mapping[str, str], writer: _Writer) -> list[Cell]:
    values = {
        "id": row.id,
        "layer": names[row.layer],
        "name": row.name,
        row.kind: row.stated,
        "drawn": row.drawn_m2,
        "geodesic": row.geodesic_m2,
        "difference_m2": row.difference_m2,
        "difference": row.difference,
        "flagged": row.flagged,
        "reason": row.reason,
        "marks": SCHEMATIC if row.schematic else None,
    }
    return _cells(values, writer)


def _cells(values: Mapping[str, Any], writer: _Writer) -> list[Cell]:
    return [writer.cell(kind, values.get(name)) for name, _, kind in _STATED]


def analysis(
    name: str, plan: Plan, question: Question, *, unit: str = DEFAULT_UNIT, lang: str = "zh"
) -> Tables:
    """The rows of one of :data:`layers.statistics.ANALYSES`."""
    writer, answer = _Writer(units_of(unit), lang), analyse(plan, name, question)
    columns = tuple(writer.column(one.id, one.title, one.unit) for one in answer.columns)
    rows = [
        [writer.cell(column.unit, row.get(column.id)) for column in answer.columns]
        for row in answer.rows
    ]
    sheet = Sheet(name, ANALYSES[name].title, columns, rows)
    return _tables(plan, question, name, (sheet,), answer, writer, (ANALYSES[name].method,))


def _tables(
    plan: Plan,
    question: Question,
    what: str,
    sheets: tuple[Sheet, ...],
    answer: Any,
    writer: _Writer,
    methods: tuple[Text, ...] = (),
) -> Tables:
    """Put sheets together with the provenance that their answer asks for."""
    unit, lang = writer.units.id, writer.lang
    asked = {"what": what, "question": question.to_dict(), "unit": unit, "lang": lang}
    told = provenance(
        plan,
        sheets[0].title,
        answer.versions,
        crs=plan.catalog.zone.metric_crs,
        methods=(*methods, *METHODS),
        marks=[_explained(mark) for mark in answer.marks if mark.id != "not_survey"],
        asked=asked,
    )
    return Tables(f"{plan.catalog.zone.id}-{what}", sheets, told, lang)


def _explained(mark: Mark) -> Text:
    return Text(zh=f"{mark.title.zh}：{mark.meaning.zh}", en=f"{mark.title.en}: {mark.meaning.en}")


#: What can be exported as tables beside the analyses: name and the function that makes it.
TABLES: Mapping[str, Callable[..., Tables]] = MappingProxyType(
    {"statistics": statistics, "overlaps": overlaps, "stated": stated}
)


def names() -> tuple[str, ...]:
    """Every name that :func:`tables` knows: the tables, then the analyses."""
    return (*TABLES, *ANALYSES)


def tables(
    what: str, plan: Plan, question: Question, *, unit: str = DEFAULT_UNIT, lang: str = "zh"
) -> Tables:
    """Make one of the tables of :func:`names`.

    Raises
    ------
    NotFound
        There is no such table or unit.
    InputError
        The plan cannot answer the question.
    """
    if what in TABLES:
        return TABLES[what](plan, question, unit=unit, lang=lang)
    if what in ANALYSES:
        return analysis(what, plan, question, unit=unit, lang=lang)
    raise NotFound(Text(zh="统计表", en="table"), what)
