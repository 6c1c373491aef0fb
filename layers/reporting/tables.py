"""The tables of a report and their charts, from the answers of the statistics as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from geo.types import Text
from layers.plan import Plan
from layers.reporting import words
from layers.reporting.charts import Bar, bars
from layers.reporting.content import Align, Block, Grid, Paragraph, Picture
from layers.reporting.numbers import DASH, area, hectares, km, metres, mu, percent
from layers.statistics import (
    GROUPS,
    Comparison,
    Overlaps,
    Pair,
    Question,
    Row,
    StatedTable,
    Table,
    table,
)

#: How the figures are grouped, one table each; those with districts only where a zone has them.
GROUPINGS = (("layer",), ("district", "layer"), ("layer", "class"), ("phase",), ("stage",))
CHART_MM = 174.0
_MOST_BARS = 24


@dataclass(frozen=True)
class _Figure:
    """A column of figures: its title and how a row is written."""

    title: Text
    write: Callable[[Row], str]
    width: float = 1.0


_FIGURES = (
    _Figure(words.COUNT, lambda row: str(row.count), 0.78),
    _Figure(words.UNLOCATED, lambda row: str(row.unlocated), 0.98),
    _Figure(words.SCHEMATIC, lambda row: str(row.schematic), 0.9),
    _Figure(words.LENGTH, lambda row: km(row.length_m), 1.05),
    _Figure(words.GROSS, lambda row: hectares(row.gross_m2), 1.1),
    _Figure(words.NET, lambda row: hectares(row.net_m2), 1.1),
    _Figure(words.NET_MU, lambda row: mu(row.net_m2), 1.2),
    _Figure(words.OVERLAP, lambda row: hectares(row.overlap_m2), 1.05),
    _Figure(words.GEODESIC, lambda row: hectares(row.geodesic_m2), 1.3),
)


def statistics(plan: Plan, question: Question, lang: str) -> Iterator[Block]:
    """One table for each way of grouping, and a chart where one helps."""
    for grouping in groupings(plan, question):
        answer = table(plan, replace(question, group=grouping))
        yield figures(answer, lang)
        yield from charts(plan, answer, lang)


def groupings(plan: Plan, question: Question) -> tuple[tuple[str, ...], ...]:
    """The groupings of a report; that of the question stands first."""
    usual = [one for one in GROUPINGS if "district" not in one or not plan.districts.empty]
    asked = [question.group] if question.group and question.group not in usual else []
    return (*asked, *usual)


def _named(grouping: tuple[str, ...], lang: str) -> str:
    return _joined([GROUPS[one].title for one in grouping], lang)


def _joined(texts: list[Text], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(text.in_(lang) for text in texts)


def figures(answer: Table, lang: str) -> Grid:
    """The table of figures of one answer."""
    grouping = answer.question.group
    rows = [_row(row, [key.label.in_(lang) for key in row.key], lang) for row in answer.rows]
    labels = [words.TOTAL.in_(lang), *[""] * (len(grouping) - 1)]
    rows.append(_row(answer.total, labels, lang))
    return Grid(
        caption=words.BY.in_(lang).format(groups=_named(grouping, lang)),
        titles=(
            *(GROUPS[one].title.in_(lang) for one in grouping),
            *(figure.title.in_(lang) for figure in _FIGURES),
            words.MARKS.in_(lang),
        ),
        aligns=(*_times("left", len(grouping)), *_times("right", len(_FIGURES)), "left"),
        widths=(*[1.8] * len(grouping), *(figure.width for figure in _FIGURES), 1.5),
        rows=tuple(rows),
        strong=frozenset({len(rows) - 1}),
        note=words.TOTAL_NOTE.in_(lang),
    )


def _times(align: Align, number: int) -> tuple[Align, ...]:
    return (align,) * number


def _row(row: Row, labels: list[str], lang: str) -> tuple[str, ...]:
    marks = _joined([mark.title for mark in row.marks], lang)
    return (*labels, *(figure.write(row) for figure in _FIGURES), marks)


def charts(plan: Plan, answer: Table, lang: str) -> Iterator[Picture]:
    """Bars of what the rows of a table measure, in the colours of the palette."""
    grouping = answer.question.group
    if grouping == ("layer", "class"):
        yield from _chart(plan, answer, lang, words.CHART_NET, "net_m2", hectares)
        yield from _chart(plan, answer, lang, words.CHART_LENGTH, "length_m", km)
    elif grouping in {("phase",), ("layer",)}:
        yield from _chart(plan, answer, lang, words.CHART_COUNT, "count", _whole)


def _whole(value: float | None) -> str:
    return DASH if value is None else f"{value:.0f}"


def _chart(
    plan: Plan,
    answer: Table,
    lang: str,
    what: Text,
    name: str,
    write: Callable[[float | None], str],
) -> Iterator[Picture]:
    found = [(row, getattr(row, name)) for row in answer.rows]
    drawn = [
        Bar(_label(row, lang), value, write(value), _colour(plan, row))
        for row, value in found
        if value
    ][:_MOST_BARS]
    if len(drawn) > 1:
        groups = _named(answer.question.group, lang)
        caption = words.CHART.in_(lang).format(what=what.in_(lang), groups=groups)
        yield Picture(bars(drawn, CHART_MM), caption)


def _label(row: Row, lang: str) -> str:
    return " ".join(key.label.in_(lang) for key in row.key)


def _colour(plan: Plan, row: Row) -> str:
    """The colour of the row's class in the palette, else a quiet blue."""
    layer, value = row.value("layer"), row.value("class")
    if layer is None or value is None:
        return "#4a7ba6"
    symbol = plan.catalog.style(plan.catalog.layer(layer)).symbols.get(value)
    return "#4a7ba6" if symbol is None else symbol.stroke


def pairs(found: Overlaps, lang: str) -> Iterator[Block]:
    """Projects that share ground, pair by pair."""
    if not found.pairs:
        yield Paragraph(words.NO_OVERLAPS.in_(lang))
        return
    say = [words.PROJECT, words.PROJECT, words.SHARED_AREA, words.SHARED_LENGTH, words.MARKS]
    yield Grid(
        caption=words.PAIRS.in_(lang),
        titles=tuple(text.in_(lang) for text in say),
        aligns=("left", "left", "right", "right", "left"),
        widths=(3.4, 3.4, 1.3, 1.3, 0.9),
        rows=tuple(_pair(pair, lang) for pair in found.pairs),
    )


def _pair(pair: Pair, lang: str) -> tuple[str, ...]:
    names = (f"{side.id} {side.name.in_(lang)}" for side in (pair.left, pair.right))
    mark = words.SCHEMATIC_MARK.in_(lang) if pair.schematic else ""
    return (*names, hectares(pair.area_m2), metres(pair.length_m), mark)


def comparisons(found: StatedTable, lang: str) -> Iterator[Block]:
    """Stated figures beside drawn ones."""
    if not found.rows:
        yield Paragraph(words.NO_STATED.in_(lang))
        return
    say = (words.PROJECT, words.KIND, words.STATED_VALUE, words.DRAWN, words.DIFFERENCE)
    yield Grid(
        caption=words.STATED.in_(lang),
        titles=tuple(text.in_(lang) for text in (*say, words.REMARK)),
        aligns=("left", "left", "right", "right", "right", "left"),
        widths=(3.2, 1.1, 2.3, 2.3, 1.1, 1.8),
        rows=tuple(_comparison(row, lang) for row in found.rows),
        note=words.STATED_NOTE.in_(lang),
    )


def _comparison(row: Comparison, lang: str) -> tuple[str, ...]:
    kind = words.KINDS.get(row.kind)
    remarks = [row.reason.in_(lang)] if row.reason else []
    remarks += [words.SCHEMATIC_MARK.in_(lang)] if row.schematic else []
    flag = " ▲" if row.flagged else ""
    return (
        f"{row.id} {row.name.in_(lang)}",
        kind.in_(lang) if kind else row.kind,
        area(row.kind, row.stated, lang),
        area("land", row.drawn_m2, lang),
        percent(row.difference) + flag,
        "；".join(remarks),
    )
