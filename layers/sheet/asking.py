"""What is asked of a sheet: paper, scale, place, layers, title; checked before it is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text
from layers.projects import Project
from layers.query import Criteria

if TYPE_CHECKING:
    from layers.plan import Plan

#: Papers of ISO 216 upright: width and height in millimetres.
PAPERS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"A4": (210, 297), "A3": (297, 420), "A2": (420, 594), "A1": (594, 841), "A0": (841, 1189)}
)
#: Scales that are offered; any whole number between the first and the last may be asked for.
SCALES = (2_000, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000)
FORMATS = ("pdf", "svg")
LONGEST_TITLE = 80
_EVERYTHING = Criteria()

UNKNOWN_PAPER = ProblemKind(
    "sheet-paper",
    "error",
    Text(zh="没有纸张 {paper}", en="There is no paper {paper}"),
    Text(zh="可选 {papers}", en="Choose one of {papers}"),
)
UNFIT_SCALE = ProblemKind(
    "sheet-scale",
    "error",
    Text(zh="比例尺 1:{scale} 不在范围内", en="The scale 1:{scale} is out of range"),
    Text(zh="在 1:{first} 与 1:{last} 之间选择", en="Choose between 1:{first} and 1:{last}"),
)
UNFIT_CENTRE = ProblemKind(
    "sheet-centre",
    "error",
    Text(zh="图幅中心 {centre} 不在规划范围内", en="The centre {centre} is outside the zone"),
    Text(
        zh="写成“经度,纬度”，在 {bounds} 之内",
        en="Write longitude,latitude in degrees within {bounds}",
    ),
)
LONG_TITLE = ProblemKind(
    "sheet-title",
    "error",
    Text(zh="图名过长（{length} 字）", en="The title is too long ({length} characters)"),
    Text(zh="最多 {most} 字", en="At most {most} characters"),
)
UNKNOWN_LAYER = ProblemKind(
    "sheet-layer",
    "error",
    Text(zh="没有已发布的图层 {layer}", en="There is no published layer {layer}"),
    Text(zh="可选 {layers}", en="Choose from {layers}"),
)
KINDS = (UNKNOWN_PAPER, UNFIT_SCALE, UNFIT_CENTRE, LONG_TITLE, UNKNOWN_LAYER)


@dataclass(frozen=True)
class SheetRequest:
    """One sheet.

    Attributes
    ----------
    paper, landscape
        One of `PAPERS`, lying or upright.
    scale
        The denominator, 2,000 to 50,000; None for the largest of `SCALES` that shows the zone.
    layers
        Ids of the layers to draw, context layers too; None for those that the map shows at first.
    centre
        Longitude and latitude of the middle of the map; None for that of the zone's view.
    title
        Empty: the zone and its plan.
    criteria
        Which projects are drawn; all of a layer when nothing is asked.
    projects
        Ids of the only projects that are drawn; None for all that pass the criteria.
    labels
        Whether names are written.
    """

    paper: str = "A3"
    landscape: bool = True
    scale: int | None = None
    layers: tuple[str, ...] | None = None
    centre: tuple[float, float] | None = None
    title: str = ""
    lang: str = "zh"
    criteria: Criteria = _EVERYTHING
    projects: tuple[str, ...] | None = None
    labels: bool = True

    @property
    def size_mm(self) -> tuple[int, int]:
        """Width and height of the paper as it lies, in millimetres."""
        short, long = PAPERS[self.paper]
        return (long, short) if self.landscape else (short, long)

    @property
    def filtered(self) -> bool:
        """Whether some projects of the drawn layers may be left out."""
        return self.projects is not None or replace(self.criteria, layers=None) != _EVERYTHING

    def admits(self, project: Project) -> bool:
        """Whether a project is drawn."""
        wanted = self.projects is None or project.id in self.projects
        return wanted and self.criteria.admits(project)

    def check(self, plan: Plan) -> None:
        """Raise InputError with everything that cannot be drawn."""
        if found := list(self._problems(plan)):
            raise InputError(found)

    def _problems(self, plan: Plan) -> Iterator[Problem]:
        if self.paper not in PAPERS:
            yield UNKNOWN_PAPER.at(paper=self.paper, papers=", ".join(PAPERS))
        if self.scale is not None and not SCALES[0] <= self.scale <= SCALES[-1]:
            yield UNFIT_SCALE.at(scale=self.scale, first=SCALES[0], last=SCALES[-1])
        if self.centre is not None and not _inside(plan, self.centre):
            centre = ",".join(f"{degrees:g}" for degrees in self.centre)
            yield UNFIT_CENTRE.at(centre=centre, bounds=str(plan.catalog.zone.bounds))
        if len(self.title) > LONGEST_TITLE:
            yield LONG_TITLE.at(length=len(self.title), most=LONGEST_TITLE)
        known = [layer.id for layer in plan.layers]
        for layer in self.layers or ():
            if layer not in known:
                yield UNKNOWN_LAYER.at(layer=layer, layers=", ".join(known))


def _inside(plan: Plan, centre: tuple[float, float]) -> bool:
    return all(map(math.isfinite, centre)) and plan.catalog.zone.bounds.contains(*centre)


def fitting_scale(ground_m: tuple[float, float], map_mm: tuple[float, float]) -> int:
    """Return the largest of `SCALES` at which the ground fits; the smallest when none does."""
    needed = max(ground / mm * 1000 for ground, mm in zip(ground_m, map_mm, strict=True))
    return next((scale for scale in SCALES if scale >= needed), SCALES[-1])
