"""What is asked of the statistics, and the check that it can be answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import orjson
import shapely

from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text, listing
from layers.plan import Plan
from layers.query import Criteria
from layers.statistics.boundary import boundary_problems, read_boundary
from layers.statistics.groups import GROUPS

#: The widest catchment that may be asked for.
MOST_WITHIN_M = 20_000

UNKNOWN = ProblemKind(
    "statistics-unknown",
    "error",
    Text(zh="没有这个{what}：{value}", en="There is no such {what}: {value}"),
    Text(zh="可用的有：{allowed}", en="There are: {allowed}"),
)
REPEATED = ProblemKind(
    "statistics-group-repeated",
    "error",
    Text(zh="分组“{value}”写了两次", en="The group {value} is given twice"),
    Text(zh="每个分组只写一次", en="Give each group once"),
)
NO_DISTRICTS = ProblemKind(
    "statistics-no-districts",
    "error",
    Text(zh="本部署没有片区，不能按片区统计", en="This zone has no districts to count by"),
    Text(
        zh="在 catalog.toml 的 [zone] 中用 districts 指明片区图层并发布它",
        en="Name a layer with districts in [zone] of catalog.toml and publish it",
    ),
)
NO_STATIONS = ProblemKind(
    "statistics-no-stations",
    "error",
    Text(zh="本部署没有车站，不能按车站距离统计", en="This zone has no stations to measure from"),
    Text(
        zh="在 catalog.toml 的 [zone] 中用 stations 指明车站图层并发布它",
        en="Name a layer with stations in [zone] of catalog.toml and publish it",
    ),
)
WITHIN = ProblemKind(
    "statistics-within",
    "error",
    Text(
        zh="车站距离 {value} 米不在 1 至 {most} 米之间",
        en="A distance of {value} m from a station is not between 1 and {most} m",
    ),
    Text(zh="写成米数，例如 500 或 800", en="Write metres, for example 500 or 800"),
)
KINDS = (UNKNOWN, REPEATED, NO_DISTRICTS, NO_STATIONS, WITHIN)


@dataclass(frozen=True)
class Question:
    """Which projects are counted and measured, where, and by what they are grouped.

    Attributes
    ----------
    criteria
        Layers, stages, years and words, as on the map.
    leads
        Wanted values of ``lead``; None for all.
    districts
        Ids of districts; None for everywhere, also outside all of them.
    within_m
        Only what lies within this distance of a station, in metres; None for everywhere.
    boundary
        Only what lies in this polygon, EPSG:4326; None for everywhere.
    group
        Ids of :data:`GROUPS`, the outermost first; empty for the total alone.
    schematic
        Whether features below *approximate* (示意) enter lengths and areas.
    """

    criteria: Criteria = field(default_factory=Criteria)
    leads: tuple[str, ...] | None = None
    districts: tuple[str, ...] | None = None
    within_m: int | None = None
    boundary: shapely.Polygon | shapely.MultiPolygon | None = None
    group: tuple[str, ...] = ("layer",)
    schematic: bool = False

    @property
    def spatial(self) -> bool:
        """Whether it asks where a project lies, which nobody can say of one without geometry."""
        return not (self.districts is None and self.within_m is None and self.boundary is None)

    def to_dict(self) -> dict[str, Any]:
        """The question as JSON; :meth:`from_dict` reads it again."""
        return {
            **{name: _listed(getattr(self.criteria, name)) for name in _CRITERIA},
            **{name: _listed(getattr(self, name)) for name in _OWN},
            "boundary": None
            if self.boundary is None
            else orjson.loads(shapely.to_geojson(self.boundary)),
        }

    @classmethod
    def from_dict(cls, words: Mapping[str, Any]) -> Question:
        """Read a question that :meth:`to_dict` wrote.

        Raises
        ------
        InputError
            A word is not one of a question, or its boundary is no polygon.
        """
        for name in words.keys() - {*_CRITERIA, *_OWN, "boundary"}:
            raise InputError(
                UNKNOWN.at(field=name, what=_WORD, value=name, allowed=listing((*_CRITERIA, *_OWN)))
            )
        given = {name: _tupled(value) for name, value in words.items() if value is not None}
        boundary = given.pop("boundary", None)
        criteria = Criteria(**{name: given.pop(name) for name in _CRITERIA if name in given})
        shape = None if boundary is None else read_boundary(orjson.dumps(boundary))
        return cls(criteria=criteria, boundary=shape, **given)


_CRITERIA = tuple(field.name for field in fields(Criteria))
_OWN = ("leads", "districts", "within_m", "group", "schematic")


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _tupled(value: object) -> Any:
    return tuple(value) if isinstance(value, list) else value


def check(plan: Plan, question: Question) -> None:
    """Refuse a question that the plan cannot answer.

    Raises
    ------
    InputError
        With every problem at once.
    """
    problems = [
        *_unknown_words(plan, question),
        *_group_problems(plan, question),
        *_place_problems(plan, question),
    ]
    if problems:
        raise InputError(problems)


def _unknown_words(plan: Plan, question: Question) -> Iterator[Problem]:
    criteria = question.criteria
    layers = plan.project_layer_ids
    yield from _unknown(_LAYER, "layers", criteria.layers, layers)
    yield from _unknown(_STAGE, "stage", criteria.stages, allowed(plan, "stage"))
    yield from _unknown(_LEAD, "lead", question.leads, allowed(plan, "lead"))


_WORD = Text(zh="问题用词", en="word of a question")
_LAYER = Text(zh="项目图层", en="layer of projects")
_STAGE = Text(zh="规划阶段", en="stage")
_LEAD = Text(zh="牵头层级", en="lead")
_GROUP = Text(zh="分组", en="group")
_DISTRICT = Text(zh="片区", en="district")


def allowed(plan: Plan, field: str) -> dict[str, Text]:
    """Every value that a coded field of the project layers may have, with its label."""
    return {
        value: title
        for layer in plan.layers
        if layer.is_projects and field in layer.fields
        for value, title in layer.fields[field].values.items()
    }


def _unknown(
    what: Text, field: str, values: Iterable[str] | None, known: Collection[str]
) -> Iterator[Problem]:
    for value in values or ():
        if value not in known:
            yield UNKNOWN.at(field=field, what=what, value=value, allowed=listing(known))


def _group_problems(plan: Plan, question: Question) -> Iterator[Problem]:
    yield from _unknown(_GROUP, "group", question.group, GROUPS)
    for value in dict.fromkeys(question.group):
        if question.group.count(value) > 1:
            yield REPEATED.at(field="group", value=value)
    if "district" in question.group and plan.districts.empty:
        yield NO_DISTRICTS.at(field="group")


def _place_problems(plan: Plan, question: Question) -> Iterator[Problem]:
    if question.districts is not None:
        known = plan.districts.index.tolist()
        if known:
            yield from _unknown(_DISTRICT, "district", question.districts, known)
        else:
            yield NO_DISTRICTS.at(field="district")
    if question.within_m is not None:
        if not 0 < question.within_m <= MOST_WITHIN_M:
            yield WITHIN.at(field="within", value=question.within_m, most=MOST_WITHIN_M)
        if plan.surroundings.stations.empty:
            yield NO_STATIONS.at(field="within")
    if question.boundary is not None:
        yield from boundary_problems(question.boundary, plan.catalog.zone)
