"""Where a figure comes from: features, layer versions, mends, CRS, method and software."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import numpy as np

from geo import ellipsoid
from geo.crs import metric_crs
from geo.measure import geodesic_length_m
from geo.types import Text
from layers.plan import Plan, software
from layers.statistics import figures
from layers.statistics.groups import UNLOCATED
from layers.statistics.pieces import Pieces, by_district, whole
from layers.statistics.question import Question
from layers.statistics.table import Row, table

METHODS = (
    Text(
        zh="面积和长度在分带投影平面内量算，另列椭球面数值；不在经纬度和网络墨卡托中量算",
        en="Areas and lengths are measured in the plane of the metric projection, with the figure "
        "on the ellipsoid beside them; never in degrees or in Web Mercator",
    ),
    Text(
        zh="毛面积为各面之和，净面积为各面并集的面积，重叠 = 毛面积 - 净面积",
        en="Gross is the sum of the polygons, net the area of their union, overlap = gross - net",
    ),
    Text(
        zh="跨片区的图形沿界线切分，各部分之和等于整体；沿界线的线归在前的片区",
        en="A shape across two districts is split at the line and the parts sum to the whole; a "
        "line along a border belongs to the first of the two",
    ),
    Text(
        zh="车站范围为各站圆（每四分之一圆 64 段）的并集",
        en="The reach of the stations is the union of circles, 64 segments a quarter",
    ),
    Text(
        zh="未知写作“—”，不写 0；未定位项目计数而不计面积和长度；示意图形默认不计面积和长度",
        en="What is not known is “—”, never 0; projects without a shape are counted, not measured; "
        "so are schematic shapes unless they are asked for",
    ),
)


@dataclass(frozen=True)
class Contribution:
    """What one piece of a project gives to a row, in metres and square metres.

    ``district`` is None where nothing was split, ``part`` tells that the piece is less than its
    project. The areas of a row's pieces add up to its gross area.
    """

    id: str
    layer: str
    name: Text
    quality: str | None
    schematic: bool
    district: str | None
    part: bool
    measured: bool
    length_m: float | None
    area_m2: float | None
    geodesic_length_m: float | None
    geodesic_m2: float | None


@dataclass(frozen=True)
class Origin:
    """One layer version that a figure rests on, and what was done to its source."""

    layer: str
    title: Text
    version: str
    file: str
    sha256: str
    size_bytes: int
    rows_in: int
    features: int
    located: int
    published_at: str
    by: str
    reason: str
    cleaning: str
    software: str
    steps: Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Provenance:
    """Everything behind one row.

    Attributes
    ----------
    question, row
        What was asked, and the row with its figures in the plane and on the ellipsoid.
    contributions
        Every piece that the row counts.
    origins
        Every layer version, those of districts and stations among them.
    crs, crs_name, methods
        In what and how it was measured.
    software, state
        Program with its version, and the state of the plan.
    """

    question: Question
    row: Row
    contributions: tuple[Contribution, ...]
    origins: tuple[Origin, ...]
    crs: str
    crs_name: str
    methods: tuple[Text, ...]
    software: str
    state: str

    @property
    def versions(self) -> dict[str, str]:
        """Version by layer id: with these and the question the figure is found again."""
        return {origin.layer: origin.version for origin in self.origins}

    def to_dict(self) -> dict[str, Any]:
        """The provenance as JSON."""
        return {
            "question": self.question.to_dict(),
            "row": self.row.to_dict(),
            "contributions": [asdict(one) for one in self.contributions],
            "origins": [asdict(one) for one in self.origins],
            "versions": self.versions,
            "crs": {"code": self.crs, "name": self.crs_name},
            "methods": [asdict(method) for method in self.methods],
            "software": self.software,
            "state": self.state,
        }


def provenance(
    plan: Plan, question: Question, values: tuple[str | None, ...] | None = None
) -> Provenance:
    """Tell where the figures of a row come from.

    Parameters
    ----------
    plan, question
        As for :func:`layers.statistics.table`.
    values
        The row's values, one for each group of the question; None for the total.

    Raises
    ------
    InputError
        The question names what the plan has not, or its boundary cannot be used.
    NotFound
        The table has no such row.
    """
    answer = table(plan, question)
    row = answer.total if values is None else answer.row(values)
    crs = metric_crs(plan.catalog.zone.metric_crs)
    return Provenance(
        question=question,
        row=row,
        contributions=tuple(_contributions(plan, question, row)),
        origins=tuple(_origin(plan, layer) for layer in answer.versions),
        crs=plan.catalog.zone.metric_crs,
        crs_name=crs.name,
        methods=METHODS,
        software=software(),
        state=plan.state,
    )


def _origin(plan: Plan, layer_id: str) -> Origin:
    version, publication = plan.version(layer_id), plan.publication(layer_id)
    return Origin(
        layer=layer_id,
        title=plan.catalog.layer(layer_id).title,
        version=version.id,
        file=version.file,
        sha256=version.sha256,
        size_bytes=version.size_bytes,
        rows_in=version.rows_in,
        features=version.features,
        located=version.located,
        published_at=publication.at,
        by=publication.by,
        reason=publication.reason,
        cleaning=version.cleaning,
        software=version.software,
        steps=version.problems,
    )


def _contributions(plan: Plan, question: Question, row: Row) -> Iterator[Contribution]:
    pieces = whole(plan, question)
    if row.key and "district" in question.group:
        pieces = by_district(plan, question, pieces)
        pieces = pieces.where(pieces.place == row.value("district"))
    wanted = set(row.ids)
    belongs = [pieces.projects[owner].id in wanted for owner in pieces.owner.tolist()]
    yield from _each(plan, pieces.where(np.array(belongs, dtype=bool)), set(row.measured_ids))


def _each(plan: Plan, pieces: Pieces, measured: set[str]) -> Iterator[Contribution]:
    crs = metric_crs(plan.catalog.zone.metric_crs)
    kinds = figures.meeting(pieces.shapes)
    series = gpd.GeoSeries(pieces.shapes, crs=crs)
    columns = (
        np.where(kinds.is_line, series.length, np.nan),
        np.where(kinds.is_polygon, series.area, np.nan),
        geodesic_length_m(series).to_numpy(),
        np.where(kinds.is_polygon, ellipsoid.areas_m2(pieces.shapes, crs), np.nan),
    )
    for number, owner in enumerate(pieces.owner.tolist()):
        project = pieces.projects[owner]
        place = pieces.place[number]
        known = [None if np.isnan(column[number]) else float(column[number]) for column in columns]
        yield Contribution(
            project.id,
            project.layer,
            project.name,
            project.properties.get("geometry_quality"),
            project.schematic,
            None if place == UNLOCATED else place,
            bool(pieces.cut[number]),
            project.id in measured,
            *known,
        )
