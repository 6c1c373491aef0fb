"""The list of projects: which rows, in which order, under which headings, and how many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType
from typing import Any

from geo.types import Text
from layers.plan import Plan
from layers.projects import Project
from layers.query import Criteria
from layers.rows import Told
from layers.spec import LayerSpec
from webapp.params import Order

UNDATED = Text(zh="年份未定", en="Undated")

#: Rows of a large layer on one page.
PAGE = 100
#: Orders whose rows stand under headings.
_GROUPED = frozenset({"layer", "stage", "year"})


@dataclass(frozen=True)
class Row:
    """A project with the entry of its layer, which has the labels of its values."""

    project: Project
    spec: LayerSpec
    theme: int

    def label(self, name: str) -> Text | None:
        """The label of a coded value; None when the plan does not say."""
        value = self.project.properties.get(name)
        if value is None or name not in self.spec.fields:
            return None
        return self.spec.fields[name].title_of(str(value))

    @property
    def years(self) -> str:
        """``2021`` or ``2021–2025``; empty when the plan gives none."""
        return "" if self.project.undated else written_years(*self.project.years)


@dataclass(frozen=True)
class Group:
    """Rows under one heading; without a title they are all the rows there are."""

    title: Text | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Part:
    """A page of one large layer: rows from a place on, of so many that passed."""

    spec: LayerSpec
    rows: tuple[Row, ...]
    told: Told
    start: int

    @property
    def total(self) -> int:
        """How many of its projects passed."""
        return self.told.located + self.told.unlocated

    @property
    def schematic(self) -> int:
        """How many of them are drawn with the mark 示意."""
        return sum(group["count"] for group in self.told.groups if group["schematic"])


@dataclass(frozen=True)
class Listing:
    """The rows that passed, and what is counted of them and of all that large layers have."""

    groups: tuple[Group, ...]
    parts: tuple[Part, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows of small layers, in their order."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def total(self) -> int:
        """How many projects passed."""
        return len(self.rows) + sum(part.total for part in self.parts)

    @property
    def located(self) -> int:
        """How many of them can be drawn."""
        here = sum(row.project.located for row in self.rows)
        return here + sum(part.told.located for part in self.parts)

    @property
    def undated(self) -> int:
        """How many of them have no year; they pass every filter of years."""
        here = sum(row.project.undated for row in self.rows)
        return here + sum(part.told.undated for part in self.parts)

    @property
    def schematic(self) -> int:
        """How many of them are drawn with the mark 示意."""
        here = sum(row.project.schematic for row in self.rows)
        return here + sum(part.schematic for part in self.parts)


def written_years(first: int, last: int) -> str:
    """A span of years as a person writes it."""
    return str(first) if first == last else f"{first}–{last}"


def ordered_layers(plan: Plan) -> tuple[LayerSpec, ...]:
    """The project layers in the order of the themes, as the legend has them."""
    themes = [theme.id for theme in plan.catalog.themes]
    found = [layer for layer in plan.layers if layer.is_projects]
    return tuple(sorted(found, key=lambda layer: themes.index(layer.theme)))


def listing(plan: Plan, criteria: Criteria, order: Order, lang: str, start: int = 0) -> Listing:
    """The projects that pass, sorted and under their headings; then a page of each large layer.

    Whatever the order, rows that it cannot tell apart stand by layer and id, and undated ones
    stand last. Large layers stand in the order of their files, from ``start`` on.
    """
    places = {layer.id: place for place, layer in enumerate(ordered_layers(plan))}
    small = [one for one in plan.register.small.values() if criteria.admits(one)]
    rows = [_row(plan, one, places) for one in small]
    rows.sort(key=lambda row: (row.theme, _natural(row.project.id)))
    rows = _sorted(rows, order, lang)
    parts = tuple(
        Part(
            plan.catalog.layer(part.layer),
            tuple(_row(plan, one, places) for one in part.projects),
            part.told,
            start,
        )
        for part in plan.register.parts(criteria, plan.catalog.zone.years, start, PAGE)
    )
    return Listing(tuple(_groups(rows, order)), parts)


def _row(plan: Plan, project: Project, places: Mapping[str, int]) -> Row:
    return Row(project, plan.catalog.layer(project.layer), places[project.layer])


def _groups(rows: Sequence[Row], order: Order) -> Iterator[Group]:
    if order.by in _GROUPED:
        for title, found in groupby(rows, _HEADINGS[order.by]):
            yield Group(title, tuple(found))
    elif rows:
        yield Group(None, tuple(rows))


@dataclass(frozen=True)
class Facets:
    """How many projects would pass with each choice, all other criteria as they are."""

    layers: Mapping[str, int]
    stages: Mapping[str, int]


def facets(plan: Plan, criteria: Criteria) -> Facets:
    """Count each layer and each stage within the other criteria, as the map's filter does."""
    small, years = plan.register.small.values(), plan.catalog.zone.years
    everywhere, anywhen = replace(criteria, layers=None), replace(criteria, stages=None)
    by_layer = Counter(one.layer for one in small if everywhere.admits(one))
    by_stage = Counter(one.stage for one in small if one.stage and anywhen.admits(one))
    for part in plan.register.parts(everywhere, years, 0, 0):
        by_layer[part.layer] += part.told.located + part.told.unlocated
        if criteria.layers is None or part.layer in criteria.layers:
            by_stage.update(part.told.stages)
    return Facets(by_layer, by_stage)


def _sorted(rows: list[Row], order: Order, lang: str) -> list[Row]:
    key = _KEYS[order.by]
    known = [row for row in rows if not (order.by == "year" and row.project.undated)]
    unknown = [row for row in rows if order.by == "year" and row.project.undated]
    return sorted(known, key=lambda row: key(row, lang), reverse=order.descending) + unknown


def _by_name(row: Row, lang: str) -> Any:
    """Chinese by pinyin, English by its letters."""
    if lang == "zh":
        # Its dictionary takes a quarter of a second to load: once, where it is wanted.
        from pypinyin import lazy_pinyin

        return [part.casefold() for part in lazy_pinyin(row.project.name.zh)]
    return row.project.name.en.casefold()


def _by_stage(row: Row, _lang: str) -> Any:
    """In the order in which the catalog lists the stages."""
    field = row.spec.fields.get("stage")
    stages = list(field.values) if field else []
    stage = row.project.stage
    return stages.index(stage) if stage in stages else len(stages)


_KEYS: Mapping[str, Callable[[Row, str], Any]] = MappingProxyType(
    {
        "layer": lambda row, _lang: row.theme,
        "id": lambda row, _lang: _natural(row.project.id),
        "name": _by_name,
        "stage": _by_stage,
        "year": lambda row, _lang: row.project.years,
    }
)
_HEADINGS: Mapping[str, Callable[[Row], Text | None]] = MappingProxyType(
    {
        "layer": lambda row: row.spec.title,
        "stage": lambda row: row.label("stage"),
        "year": lambda row: Text(zh=row.years, en=row.years) if row.years else UNDATED,
    }
)


def _natural(name: str) -> list[tuple[int, str]]:
    """P2 before P10."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part)
        for part in re.split(r"(\d+)", name)
        if part
    ]


def neighbours(projects: Iterable[Project], project_id: str) -> tuple[str | None, str | None]:
    """The ids before and after a project among its own small layer's."""
    ids = sorted((project.id for project in projects), key=_natural)
    place = ids.index(project_id)
    before = ids[place - 1] if place > 0 else None
    return before, ids[place + 1] if place + 1 < len(ids) else None
