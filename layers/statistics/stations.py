"""Analyses of the stations: what their catchments cover, and which is the nearest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.catchment import catchment
from geo.errors import InputError
from geo.types import Text
from layers.plan import Plan
from layers.projects import Project
from layers.statistics.answers import Column, Found, Shape, Value, shape_of
from layers.statistics.pieces import shapes_of, whole
from layers.statistics.question import NO_STATIONS, Question
from layers.statistics.table import Row, Table, table

COVERAGE_COLUMNS = (
    Column("distance_m", Text(zh="距车站", en="Within"), "m"),
    Column("layer", Text(zh="图层", en="Layer"), "text"),
    Column("title", Text(zh="名称", en="Title"), "text"),
    Column("count", Text(zh="范围内项目", en="Projects within"), "count"),
    Column("located", Text(zh="已定位项目", en="Located projects"), "count"),
    Column("length_m", Text(zh="范围内长度", en="Length within"), "m"),
    Column("length_share", Text(zh="占全长", en="Of the length"), "ratio"),
    Column("net_m2", Text(zh="范围内净面积", en="Net area within"), "m2"),
    Column("net_share", Text(zh="占净面积", en="Of the net area"), "ratio"),
    Column(
        "stated_floor_m2",
        Text(zh="涉及项目载明建筑面积", en="Stated floor of sites touched"),
        "floor_m2",
    ),
)
NEAREST_COLUMNS = (
    Column("id", Text(zh="项目编号", en="Project"), "text"),
    Column("name", Text(zh="项目名称", en="Name"), "text"),
    Column("layer", Text(zh="图层", en="Layer"), "text"),
    Column("station", Text(zh="最近车站编号", en="Nearest station"), "text"),
    Column("station_name", Text(zh="最近车站", en="Name of the station"), "text"),
    Column("distance_m", Text(zh="距离", en="Distance"), "m"),
    Column("schematic", Text(zh="示意", en="Schematic"), "flag"),
)


def coverage(plan: Plan, question: Question) -> Found:
    """Measure what lies within the catchments of the stations, their union, layer by layer."""
    _need_stations(plan)
    everywhere = table(plan, replace(question, within_m=None, group=("layer",)))
    asked = question.within_m
    distances = plan.catalog.zone.catchments_m if asked is None else (asked,)
    rows: list[dict[str, Value]] = []
    shapes: list[Shape] = []
    marks = {mark.id for mark in everywhere.marks}
    for distance_m in distances:
        near = replace(question, within_m=distance_m, group=("layer",))
        rows += _covered(everywhere, table(plan, near), distance_m)
        shapes += _coverage_shapes(plan, near, distance_m)
    used = {str(plan.catalog.zone.stations), *everywhere.versions}
    return Found(rows, shapes, frozenset(marks), frozenset(used))


def _covered(everywhere: Table, near: Table, distance_m: int) -> Iterator[dict[str, Value]]:
    inside = {row.value("layer"): row for row in near.rows}
    for row in everywhere.rows:
        if row.count > row.unlocated:
            yield _covered_layer(row, inside.get(row.value("layer")), distance_m)


def _covered_layer(row: Row, inside: Row | None, distance_m: int) -> dict[str, Value]:
    length_m = _within(row.length_m, inside, inside.length_m if inside else None)
    net_m2 = _within(row.net_m2, inside, inside.net_m2 if inside else None)
    return {
        "distance_m": float(distance_m),
        "layer": row.key[0].value,
        "title": row.key[0].label,
        "count": inside.count if inside else 0,
        "located": row.count - row.unlocated,
        "length_m": length_m,
        "length_share": _share(length_m, row.length_m),
        "net_m2": net_m2,
        "net_share": _share(net_m2, row.net_m2),
        "stated_floor_m2": inside.stated.floor if inside else None,
    }


def _within(whole_figure: float | None, inside: Row | None, part: float | None) -> float | None:
    """What was measured and lies elsewhere is a known 0 within; what was not is not known.

    Where projects lie within and none of them is measured, a 0 would deny them.
    """
    if whole_figure is None or (inside is not None and not inside.measured_ids):
        return None
    return part or 0.0


def _share(part: float | None, of: float | None) -> float | None:
    return None if part is None or not of else part / of


def _coverage_shapes(plan: Plan, near: Question, distance_m: int) -> Iterator[Shape]:
    crs = plan.catalog.zone.metric_crs
    name = Text(zh=f"距车站 {distance_m} 米以内", en=f"Within {distance_m} m of a station")
    circle = catchment(plan.surroundings.stations, distance_m, crs)
    yield Shape("catchment", None, None, name, float(distance_m), False, circle)
    pieces = whole(plan, near)
    for owner, shape in zip(pieces.owner.tolist(), pieces.shapes.tolist(), strict=True):
        if shape is not None:
            yield shape_of("covered", pieces.projects[owner], shape, float(distance_m))


def nearest(plan: Plan, question: Question) -> Found:
    """Find the nearest station of each project, and how far it is in the plane."""
    _need_stations(plan)
    pieces = whole(plan, question)
    projects = [pieces.projects[owner] for owner in np.unique(pieces.owner).tolist()]
    rows, shapes = [], []
    for project, shape in zip(projects, shapes_of(plan, projects).tolist(), strict=True):
        row, way = _to_nearest(plan, project, shape)
        rows.append(row)
        shapes += way
    marks = {"schematic"} if any(project.schematic for project in projects) else set()
    marks |= set() if all(project.located for project in projects) else {"unlocated"}
    used = {str(plan.catalog.zone.stations), *(project.layer for project in projects)}
    return Found(rows, shapes, frozenset(marks), frozenset(used))


def _to_nearest(
    plan: Plan, project: Project, shape: BaseGeometry | None
) -> tuple[dict[str, Value], list[Shape]]:
    """The row of a project and the way to its station; nothing is known without a shape."""
    row: dict[str, Value] = {
        "id": project.id,
        "name": project.name,
        "layer": project.layer,
        "station": None,
        "station_name": None,
        "distance_m": None,
        "schematic": project.schematic,
    }
    if shape is None:
        return row, []
    stations = plan.surroundings.stations
    points = np.asarray(stations.geometry.values, dtype=object)
    distances = shapely.distance(points, shape)
    best = int(np.argmin(distances))
    row["station"] = str(stations.index[best])
    row["station_name"] = stations["name"].iloc[best]
    row["distance_m"] = float(distances[best])
    way = shapely.shortest_line(shape, points[best])
    return row, [shape_of("way", project, way, float(distances[best]))]


def _need_stations(plan: Plan) -> None:
    if plan.surroundings.stations.empty:
        raise InputError(NO_STATIONS.at())
