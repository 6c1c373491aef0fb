"""What the plan states against what is drawn; kinds of area that differ are never compared."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import shapely

from geo import ellipsoid
from geo.crs import metric_crs
from geo.types import Text
from layers.plan import Plan
from layers.projects import Project
from layers.stated import TOLERANCE, is_flagged, share_apart, why_not_comparable
from layers.statistics import marks
from layers.statistics.marks import Mark
from layers.statistics.pieces import shapes_of, whole
from layers.statistics.question import Question, check
from layers.statistics.table import versions


@dataclass(frozen=True)
class Comparison:
    """One stated figure beside the drawn one.

    Attributes
    ----------
    id, layer, name, quality, schematic
        The project, and how well its shape is known.
    kind, stated, unit
        land, floor or count; the figure and its unit as the plan has it.
    drawn_m2, geodesic_m2
        Area of the whole shape in the plane and on the ellipsoid; None where the two cannot be
        compared.
    difference_m2, difference
        Drawn less stated, and that over the stated figure.
    flagged
        Whether the difference is beyond :data:`TOLERANCE`.
    reason
        Why they cannot be compared; None where they can.
    """

    id: str
    layer: str
    name: Text
    quality: str | None
    schematic: bool
    kind: str
    stated: float
    unit: str | None
    drawn_m2: float | None = None
    geodesic_m2: float | None = None
    difference_m2: float | None = None
    difference: float | None = None
    flagged: bool = False
    reason: Text | None = None


@dataclass(frozen=True)
class Sum:
    """Stated and drawn land of the projects that may enter a total; None where there is none."""

    ids: tuple[str, ...]
    stated_m2: float | None
    drawn_m2: float | None
    difference_m2: float | None
    difference: float | None
    schematic: int


@dataclass(frozen=True)
class StatedTable:
    """Every stated figure of the projects of a question, and the sum of the land."""

    question: Question
    rows: tuple[Comparison, ...]
    total: Sum
    marks: tuple[Mark, ...]
    versions: Mapping[str, str]
    state: str

    def to_dict(self) -> dict[str, Any]:
        """The table as JSON; areas in square metres, differences as shares of the stated one."""
        return {
            "schematic": self.question.schematic,
            "tolerance": TOLERANCE,
            "rows": [asdict(row) for row in self.rows],
            "total": asdict(self.total),
            "marks": [asdict(mark) for mark in self.marks],
            "versions": dict(self.versions),
            "state": self.state,
        }


def stated(plan: Plan, question: Question) -> StatedTable:
    """Compare stated with drawn areas.

    A stated figure is that of the whole project: a district, catchment or boundary of the question
    chooses projects, and the whole shape of each is compared.

    Raises
    ------
    InputError
        The question names what the plan has not, or its boundary cannot be used.
    """
    check(plan, question)
    pieces = whole(plan, question)
    projects = [pieces.projects[owner] for owner in np.unique(pieces.owner).tolist()]
    rows = tuple(_rows(plan, [one for one in projects if _states(one)]))
    total = _sum([row for row in rows if row.reason is None], question.schematic)
    return StatedTable(
        question=question,
        rows=rows,
        total=total,
        marks=marks.in_order({"not_survey", *_marks(question, rows)}),
        versions=versions(plan, question),
        state=plan.state,
    )


def _states(project: Project) -> bool:
    return project.properties.get("stated_value") is not None


def _rows(plan: Plan, projects: Sequence[Project]) -> Iterator[Comparison]:
    crs = metric_crs(plan.catalog.zone.metric_crs)
    shapes = shapes_of(plan, projects)
    geodesic = ellipsoid.areas_m2(shapes, crs).tolist() if projects else []
    for project, shape, geodesic_m2 in zip(projects, shapes.tolist(), geodesic, strict=True):
        yield _compared(project, shape, geodesic_m2)


def _compared(project: Project, shape: shapely.Geometry | None, geodesic_m2: float) -> Comparison:
    get = project.properties.get
    words: dict[str, Any] = {
        "id": project.id,
        "layer": project.layer,
        "name": project.name,
        "quality": get("geometry_quality"),
        "schematic": project.schematic,
        "kind": str(get("stated_kind")),
        "stated": float(get("stated_value") or 0.0),
        "unit": get("stated_unit"),
    }
    reason = why_not_comparable(words["kind"], shape)
    if reason is not None or shape is None:
        return Comparison(**words, reason=reason)
    drawn_m2 = float(shapely.area(shape))
    difference_m2 = drawn_m2 - words["stated"]
    share = share_apart(words["stated"], drawn_m2)
    return Comparison(
        **words,
        drawn_m2=drawn_m2,
        geodesic_m2=geodesic_m2,
        difference_m2=difference_m2,
        difference=share,
        flagged=is_flagged(share),
    )


def _sum(rows: Sequence[Comparison], schematic: bool) -> Sum:
    counted = [row for row in rows if schematic or not row.schematic]
    if not counted:
        return Sum((), None, None, None, None, 0)
    stated_m2 = math.fsum(row.stated for row in counted)
    drawn_m2 = math.fsum(row.drawn_m2 or 0.0 for row in counted)
    return Sum(
        ids=tuple(row.id for row in counted),
        stated_m2=stated_m2,
        drawn_m2=drawn_m2,
        difference_m2=drawn_m2 - stated_m2,
        difference=(drawn_m2 - stated_m2) / stated_m2 if stated_m2 else None,
        schematic=sum(row.schematic for row in counted),
    )


def _marks(question: Question, rows: Sequence[Comparison]) -> Iterator[str]:
    compared = [row for row in rows if row.reason is None]
    if any(row.schematic for row in compared):
        yield "schematic" if question.schematic else "schematic_left_out"
    if any(row.quality == "none" for row in rows):
        yield "unlocated"
