"""Which projects share ground, pair by pair, and a matrix over their layers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.overlay import dissolve, overlapping, shared
from geo.types import Text
from layers.plan import Plan
from layers.projects import Project
from layers.statistics import marks
from layers.statistics.marks import Mark
from layers.statistics.pieces import Pieces, whole
from layers.statistics.question import Question, check
from layers.statistics.table import versions

#: Below these the pair shares nothing but the noise of drawing.
LEAST_M2 = 1.0
LEAST_M = 1.0


@dataclass(frozen=True)
class Side:
    """One project of a pair."""

    id: str
    layer: str
    name: Text
    schematic: bool


@dataclass(frozen=True)
class Pair:
    """Two projects on the same ground.

    ``area_m2`` where both are polygons, else ``length_m`` of the line within the polygon or along
    the other line; the other one is None.
    """

    left: Side
    right: Side
    area_m2: float | None
    length_m: float | None

    @property
    def schematic(self) -> bool:
        """Whether one of the two is drawn as 示意, and the figure with it."""
        return self.left.schematic or self.right.schematic

    def to_dict(self) -> dict[str, Any]:
        """The pair as JSON."""
        return {**asdict(self), "schematic": self.schematic}


@dataclass(frozen=True)
class Cell:
    """What two layers share, ground that several pairs share counted once.

    ``pairs`` counts all pairs; the figures have only those that may enter a total, and are None
    where there is none.
    """

    left: str
    right: str
    pairs: int
    area_m2: float | None
    length_m: float | None


@dataclass(frozen=True)
class Overlaps:
    """The overlaps among the projects of a question.

    Attributes
    ----------
    pairs
        Every pair, 示意 or not, in the order of the catalog.
    matrix
        One cell for each two layers that share ground, a layer with itself among them.
    marks, versions, state
        As those of a table.
    """

    question: Question
    pairs: tuple[Pair, ...]
    matrix: tuple[Cell, ...]
    marks: tuple[Mark, ...]
    versions: Mapping[str, str]
    state: str

    def to_dict(self) -> dict[str, Any]:
        """The overlaps as JSON, in metres and square metres."""
        return {
            "schematic": self.question.schematic,
            "pairs": [pair.to_dict() for pair in self.pairs],
            "matrix": [asdict(cell) for cell in self.matrix],
            "marks": [asdict(mark) for mark in self.marks],
            "versions": dict(self.versions),
            "state": self.state,
        }


def overlaps(plan: Plan, question: Question, ids: Collection[str] | None = None) -> Overlaps:
    """List what the projects of a question share.

    Three projects over one spot share it in three pairs: pairs are listed, never subtracted. The
    overlap of a table's row is its gross less its net area.

    Parameters
    ----------
    plan, question
        As for :func:`layers.statistics.table`; groups play no part.
    ids
        Only pairs among these projects: the ``ids`` of a row. None for all.

    Raises
    ------
    InputError
        The question names what the plan has not, or its boundary cannot be used.
    """
    check(plan, question)
    pieces = whole(plan, question)
    if ids is not None:
        among = frozenset(ids)
        wanted = [pieces.projects[owner].id in among for owner in pieces.owner.tolist()]
        pieces = pieces.where(np.array(wanted, dtype=bool))
    ground = _ground(plan, pieces)
    sides = [_side(project) for project in pieces.projects]
    pairs = tuple(_pairs(ground, sides))
    return Overlaps(
        question=question,
        pairs=pairs,
        matrix=tuple(_matrix(plan, question, ground, pairs)),
        marks=marks.in_order({"not_survey", *_marks(question, pairs)}),
        versions=versions(plan, question),
        state=plan.state,
    )


def _ground(plan: Plan, pieces: Pieces) -> gpd.GeoDataFrame:
    """Every pair of pieces with what they share, more than the noise of drawing."""
    frame = gpd.GeoSeries(pieces.shapes, index=pieces.owner, crs=plan.catalog.zone.metric_crs)
    found = shared(frame, None, plan.catalog.zone.metric_crs)
    return found[(found["area_m2"] >= LEAST_M2) | (found["length_m"] >= LEAST_M)]


def _side(project: Project) -> Side:
    return Side(project.id, project.layer, project.name, project.schematic)


def _pairs(ground: gpd.GeoDataFrame, sides: list[Side]) -> Iterator[Pair]:
    columns = (ground[name].tolist() for name in ("left", "right", "area_m2", "length_m"))
    for left, right, area_m2, length_m in zip(*columns, strict=True):
        yield Pair(sides[left], sides[right], _known(area_m2), _known(length_m))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _matrix(
    plan: Plan, question: Question, ground: gpd.GeoDataFrame, pairs: tuple[Pair, ...]
) -> Iterator[Cell]:
    shapes = np.asarray(ground.geometry.values, dtype=object)
    counted = np.array([question.schematic or not pair.schematic for pair in pairs], dtype=bool)
    names = [frozenset((pair.left.layer, pair.right.layer)) for pair in pairs]
    layers = plan.project_layer_ids
    for left, right in itertools.combinations_with_replacement(layers, 2):
        among = np.array([name == {left, right} for name in names], dtype=bool)
        if among.any():
            parts = shapely.get_parts(shapes[among & counted])
            yield Cell(left, right, int(among.sum()), _area(parts), _length(parts))


def _area(parts: np.ndarray) -> float | None:
    polygons = parts[shapely.get_dimensions(parts) == 2]
    if not len(polygons):
        return None
    return math.fsum(shapely.area(dissolve(polygons, *overlapping(polygons)).shapes).tolist())


def _length(parts: np.ndarray) -> float | None:
    lines = parts[shapely.get_dimensions(parts) == 1]
    return float(shapely.length(shapely.union_all(lines))) if len(lines) else None


def _marks(question: Question, pairs: tuple[Pair, ...]) -> Iterator[str]:
    if any(pair.schematic for pair in pairs):
        yield "schematic" if question.schematic else "schematic_left_out"
