"""From projects to the pieces that are counted and measured, in the metric CRS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.catchment import catchment
from geo.crs import WGS84, to_metric
from geo.splitting import OUTSIDE as IN_NO_ZONE
from geo.splitting import Parts, clip_shapes, split_shapes
from layers.plan import Plan
from layers.projects import Project
from layers.statistics.groups import OUTSIDE, UNLOCATED
from layers.statistics.question import Question


@dataclass(frozen=True, eq=False)
class Pieces:
    """Projects, or parts of them, as parallel arrays.

    Attributes
    ----------
    projects
        The projects that the pieces are of.
    owner
        Position of each piece's project.
    shapes
        Geometries in the metric CRS, in metres; None where the project has none.
    place
        District id, OUTSIDE or UNLOCATED of :mod:`layers.statistics.groups`; None when nobody
        asked where.
    cut
        Whether the piece is less than its project.
    """

    projects: tuple[Project, ...]
    owner: np.ndarray
    shapes: np.ndarray
    place: np.ndarray
    cut: np.ndarray

    def __len__(self) -> int:
        return len(self.owner)

    def where(self, wanted: np.ndarray) -> Pieces:
        """The pieces that a mask or an order chooses."""
        return replace(
            self,
            owner=self.owner[wanted],
            shapes=self.shapes[wanted],
            place=self.place[wanted],
            cut=self.cut[wanted],
        )


def chosen(plan: Plan, question: Question) -> tuple[Project, ...]:
    """The projects that the question is about, wherever they lie."""
    projects = plan.projects(question.criteria)
    if question.leads is None:
        return projects
    leads = question.leads
    return tuple(project for project in projects if project.properties.get("lead") in leads)


def whole(plan: Plan, question: Question) -> Pieces:
    """Each project as one piece, cut at the question's window where it has one.

    A project that lies outside the window has no piece; one without geometry has one without
    shape, for nobody can say where it lies.
    """
    projects = chosen(plan, question)
    pieces = _uncut(projects, shapes_of(plan, projects))
    area = window(plan, question)
    if area is None:
        return pieces
    parts = clip_shapes(pieces.shapes, area)
    return _in_order(_located(pieces, parts, np.full(len(parts.owner), None)), pieces)


def by_district(plan: Plan, question: Question, pieces: Pieces) -> Pieces:
    """Cut pieces at the lines of the districts."""
    districts = plan.districts
    if question.districts is not None:
        districts = districts.loc[list(question.districts)]
    parts = split_shapes(pieces.shapes, np.asarray(districts.geometry.values, dtype=object))
    if question.districts is not None:
        parts = parts.where(parts.zone != IN_NO_ZONE)
    names = np.array([*districts.index, OUTSIDE], dtype=object)
    return _in_order(_located(pieces, parts, names[parts.zone]), pieces)


def window(plan: Plan, question: Question) -> BaseGeometry | None:
    """The ground that the question asks about, in the metric CRS; None for everywhere."""
    areas = []
    if question.districts is not None:
        chosen_districts = plan.districts.loc[list(question.districts)]
        areas.append(shapely.union_all(np.asarray(chosen_districts.geometry.values, dtype=object)))
    if question.within_m is not None:
        crs = plan.catalog.zone.metric_crs
        areas.append(catchment(plan.surroundings.stations, question.within_m, crs))
    if question.boundary is not None:
        areas.append(in_metres(plan, question.boundary))
    return shapely.intersection_all(areas) if areas else None


def in_metres(plan: Plan, shape: BaseGeometry) -> BaseGeometry:
    """Bring a shape in EPSG:4326 to the zone's metric CRS."""
    plane = to_metric(gpd.GeoSeries([shape], crs=WGS84), plan.catalog.zone.metric_crs)
    found: BaseGeometry = plane.iloc[0]
    return found


def shapes_of(plan: Plan, projects: Sequence[Project]) -> np.ndarray:
    """The projects' geometries in metres, in their order; None for those that have none."""
    metric = plan.surroundings.metric
    metric = metric[metric["layer"].isin(plan.project_layer_ids)]
    place = metric.index.get_indexer(pd.Index([project.id for project in projects], dtype=object))
    shapes = np.full(len(projects), None)
    shapes[place >= 0] = np.asarray(metric.geometry.values, dtype=object)[place[place >= 0]]
    return shapes


def _uncut(projects: tuple[Project, ...], shapes: np.ndarray) -> Pieces:
    number = len(projects)
    place = np.full(number, None)
    place[shapely.is_missing(shapes)] = UNLOCATED
    return Pieces(projects, np.arange(number), shapes, place, np.zeros(number, dtype=bool))


def _located(pieces: Pieces, parts: Parts, place: np.ndarray) -> Pieces:
    """The parts as pieces; a part of a cut piece is cut too."""
    return Pieces(
        pieces.projects,
        pieces.owner[parts.owner],
        parts.shapes,
        place,
        parts.cut | pieces.cut[parts.owner],
    )


def _in_order(located: Pieces, before: Pieces) -> Pieces:
    """Add the pieces that have no shape, and put all in the order of the projects."""
    lost = before.where(shapely.is_missing(before.shapes))
    together = Pieces(
        before.projects,
        *(
            np.concatenate([getattr(located, name), getattr(lost, name)])
            for name in ("owner", "shapes", "place", "cut")
        ),
    )
    return together.where(np.argsort(together.owner, kind="stable"))
