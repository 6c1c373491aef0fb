"""Analyses by district: how dense the roads are, and how much land the parks have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from geo.types import Text
from layers.plan import Plan
from layers.statistics.answers import Column, Found, Shape, Value, shape_of
from layers.statistics.chosen import LINES, POLYGONS, layers_for, narrowed
from layers.statistics.pieces import by_district, whole
from layers.statistics.question import Question
from layers.statistics.table import Row, Table, table

M2_PER_KM2 = 1_000_000
TOTAL = Text(zh="合计", en="Total")

_DISTRICT = (
    Column("district", Text(zh="片区编号", en="District"), "text"),
    Column("name", Text(zh="片区", en="Name"), "text"),
    Column("count", Text(zh="项目数", en="Projects"), "count"),
    Column("unlocated", Text(zh="其中未定位", en="Not located"), "count"),
)
ROAD_COLUMNS = (
    *_DISTRICT,
    Column("length_m", Text(zh="长度", en="Length"), "m"),
    Column("district_m2", Text(zh="片区面积", en="Area of the district"), "m2"),
    Column("density", Text(zh="路网密度", en="Density"), "m_per_km2"),
)
PARK_COLUMNS = (
    *_DISTRICT,
    Column("gross_m2", Text(zh="毛面积", en="Gross area"), "m2"),
    Column("net_m2", Text(zh="净面积", en="Net area"), "m2"),
    Column("overlap_m2", Text(zh="重叠面积", en="Overlap"), "m2"),
    Column("district_m2", Text(zh="片区面积", en="Area of the district"), "m2"),
    Column("share", Text(zh="占片区", en="Share of the district"), "ratio"),
)


def roads(plan: Plan, question: Question) -> Found:
    """Measure the length of road per square kilometre of each district."""
    layers = layers_for(plan, question, "roads", LINES)
    return _by_district(plan, narrowed(question, layers), _road_row)


def parks(plan: Plan, question: Question) -> Found:
    """Measure the park land of each district, gross and net, and its share of the district."""
    layers = layers_for(plan, question, "parks", POLYGONS)
    return _by_district(plan, narrowed(question, layers), _park_row)


def _by_district(
    plan: Plan, question: Question, row_of: Callable[[Row, float | None], dict[str, Value]]
) -> Found:
    asked = replace(question, group=("district",))
    answer = table(plan, asked)
    rows = [_start(row) | row_of(row, _area_m2(plan, row)) for row in (*answer.rows, answer.total)]
    marks = frozenset(mark.id for mark in answer.marks)
    return Found(rows, list(_shapes(plan, asked, answer)), marks, frozenset(answer.versions))


def _start(row: Row) -> dict[str, Value]:
    name = row.key[0].label if row.key else TOTAL
    return {
        "district": row.value("district"),
        "name": name,
        "count": row.count,
        "unlocated": row.unlocated,
    }


def _road_row(row: Row, district_m2: float | None) -> dict[str, Value]:
    density = None
    if row.length_m is not None and district_m2:
        density = row.length_m / district_m2 * M2_PER_KM2
    return {"length_m": row.length_m, "district_m2": district_m2, "density": density}


def _park_row(row: Row, district_m2: float | None) -> dict[str, Value]:
    return {
        "gross_m2": row.gross_m2,
        "net_m2": row.net_m2,
        "overlap_m2": row.overlap_m2,
        "district_m2": district_m2,
        "share": row.share_of_district if row.key else None,
    }


def _area_m2(plan: Plan, row: Row) -> float | None:
    """Area of the district that a row is about; None for all others."""
    place = row.value("district")
    if place is None or place not in plan.districts.index:
        return None
    return float(plan.districts.geometry[place].area)


def _shapes(plan: Plan, question: Question, answer: Table) -> Iterator[Shape]:
    """The pieces that were measured, each with its length or area."""
    measured = set(answer.total.measured_ids)
    pieces = by_district(plan, question, whole(plan, question))
    for owner, shape in zip(pieces.owner.tolist(), pieces.shapes.tolist(), strict=True):
        project = pieces.projects[owner]
        if project.id in measured and shape is not None:
            yield shape_of("piece", project, shape, float(shape.area or shape.length))
