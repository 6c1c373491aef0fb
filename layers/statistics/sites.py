"""The analysis of renovation sites: which roads lie within their reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.catchment import QUAD_SEGS
from geo.types import Text
from layers.plan import Plan
from layers.projects import Project
from layers.statistics.answers import Column, Found, Shape, Value, shape_of
from layers.statistics.chosen import LINES, POLYGONS, layers_for, narrowed
from layers.statistics.pieces import Pieces, whole
from layers.statistics.question import Question

COLUMNS = (
    Column("site", Text(zh="更新地块编号", en="Site"), "text"),
    Column("site_name", Text(zh="更新地块", en="Name of the site"), "text"),
    Column("road", Text(zh="道路编号", en="Road"), "text"),
    Column("road_name", Text(zh="道路", en="Name of the road"), "text"),
    Column("distance_m", Text(zh="距离", en="Distance"), "m"),
    Column("length_m", Text(zh="范围内长度", en="Length within reach"), "m"),
    Column("schematic", Text(zh="示意", en="Schematic"), "flag"),
)


def roads_in_reach(plan: Plan, question: Question) -> Found:
    """List the roads within the zone's ``near_m`` of each renovation site.

    The question's layers play no part: sites come from the layer ``renovation``, roads from
    ``roads``, or from every layer of polygons and of lines where a plan has none of that name.
    """
    everything = replace(question, criteria=replace(question.criteria, layers=None))
    site_layers = layers_for(plan, everything, "renovation", POLYGONS)
    road_layers = layers_for(plan, everything, "roads", LINES)
    sites = whole(plan, narrowed(question, site_layers))
    roads = whole(plan, narrowed(question, road_layers))
    found = list(_near(sites, roads, plan.catalog.zone.near_m))
    rows = [row for row, _ in found]
    marks = {"schematic"} if any(row["schematic"] for row in rows) else set()
    lost = any(shape is None for shape in (*sites.shapes, *roads.shapes))
    marks |= {"unlocated"} if lost else set()
    shapes = [shape for _, shape in found]
    shapes += _reaches(sites, plan.catalog.zone.near_m)
    return Found(rows, shapes, frozenset(marks), frozenset((*site_layers, *road_layers)))


def _near(sites: Pieces, roads: Pieces, reach_m: float) -> Iterator[tuple[dict[str, Value], Shape]]:
    lines = shapely.get_dimensions(roads.shapes) == 1
    for site, ground in _each(sites):
        reach = shapely.buffer(ground, reach_m, quad_segs=QUAD_SEGS)
        distances = shapely.distance(roads.shapes, ground)
        for place in np.flatnonzero(lines & (distances <= reach_m)).tolist():
            road = roads.projects[roads.owner[place]]
            inside = shapely.intersection(roads.shapes[place], reach)
            yield _row(site, road, float(distances[place]), inside)


def _each(pieces: Pieces) -> Iterator[tuple[Project, BaseGeometry]]:
    for owner, shape in zip(pieces.owner.tolist(), pieces.shapes.tolist(), strict=True):
        if shape is not None:
            yield pieces.projects[owner], shape


def _row(
    site: Project, road: Project, distance_m: float, inside: BaseGeometry
) -> tuple[dict[str, Value], Shape]:
    row: dict[str, Value] = {
        "site": site.id,
        "site_name": site.name,
        "road": road.id,
        "road_name": road.name,
        "distance_m": distance_m,
        "length_m": float(inside.length),
        "schematic": site.schematic or road.schematic,
    }
    return row, shape_of("road", road, inside, float(inside.length))


def _reaches(sites: Pieces, reach_m: float) -> Iterator[Shape]:
    for site, ground in _each(sites):
        reach = shapely.buffer(ground, reach_m, quad_segs=QUAD_SEGS)
        yield shape_of("reach", site, reach, float(reach_m))
