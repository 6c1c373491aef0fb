"""The analyses of a report: each with its method and its table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from geo.errors import InputError
from geo.types import Text
from layers.plan import Plan
from layers.reporting import words
from layers.reporting.content import Block, Grid, Heading, Paragraph
from layers.reporting.numbers import DASH, hectares, metres
from layers.statistics import ANALYSES, Answer, Question, analyse
from layers.statistics.answers import Column, Value

_WRITE: Mapping[str, Callable[[float], str]] = MappingProxyType(
    {
        "count": lambda value: f"{value:,.0f}",
        "m": metres,
        "m2": hectares,
        "floor_m2": lambda value: f"{value / 10_000:,.2f}",
        "ratio": lambda value: f"{value * 100:.1f}",
        "m_per_km2": lambda value: f"{value:,.0f}",
    }
)


#: Columns of ids that say no more to people than the column of names beside them.
_CODES: Mapping[str, str] = MappingProxyType(
    {"district": "name", "station": "station_name", "layer": "title"}
)


def all_of(plan: Plan, question: Question, lang: str) -> Iterator[Block]:
    """Every analysis that the plan can answer; one that it cannot is told with its reason."""
    for analysis in ANALYSES.values():
        yield Heading(analysis.title.in_(lang), 2)
        yield Paragraph(analysis.method.in_(lang))
        try:
            answer = analyse(plan, analysis.id, question)
        except InputError as error:
            yield Paragraph(error.message(lang))
            continue
        yield _grid(plan, answer, analysis.title.in_(lang), lang)


def _grid(plan: Plan, answer: Answer, caption: str, lang: str) -> Grid:
    """The table of an answer; ids of layers and districts are left to programs."""
    named = {column.id for column in answer.columns}
    columns = [column for column in answer.columns if _CODES.get(column.id) not in named]
    marks = "；".join(mark.title.in_(lang) for mark in answer.marks)
    return Grid(
        caption=caption,
        titles=tuple(_title(column, lang) for column in columns),
        aligns=tuple("left" if column.unit in {"text", "flag"} else "right" for column in columns),
        widths=tuple(2.4 if column.unit == "text" else 1.2 for column in columns),
        rows=tuple(
            tuple(_cell(plan, column, row.get(column.id), lang) for column in columns)
            for row in answer.rows
        ),
        note=f"{words.MARKS.in_(lang)}：{marks}",
    )


def _title(column: Column, lang: str) -> str:
    unit = words.UNITS[column.unit].in_(lang)
    title = column.title.in_(lang)
    return f"{title}\n{unit}" if unit else title


def _cell(plan: Plan, column: Column, value: Value, lang: str) -> str:
    if value is None:
        return DASH
    if column.id == "layer":
        return plan.catalog.layer(str(value)).title.in_(lang)
    if isinstance(value, Text):
        return value.in_(lang)
    if isinstance(value, bool):
        return words.YES.in_(lang) if value else ""
    return value if isinstance(value, str) else _WRITE[column.unit](value)
