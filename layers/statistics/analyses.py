"""Analyses that planners ask for: one entry each, with the method it follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.errors import NotFound
from geo.types import Text
from layers.plan import Plan
from layers.statistics import districts, marks, sites, stations
from layers.statistics.answers import Answer, Column, Found, on_the_map
from layers.statistics.question import Question, check
from layers.statistics.table import versions_of


@dataclass(frozen=True)
class Analysis:
    """One analysis.

    Attributes
    ----------
    id, title
        Its name in addresses and for people.
    method
        What is done, so that another can do it again.
    columns
        What each row of the answer has.
    run
        The function that does it.
    """

    id: str
    title: Text
    method: Text
    columns: tuple[Column, ...]
    run: Callable[[Plan, Question], Found]


_ALL = (
    Analysis(
        "station_coverage",
        Text(zh="轨道站点覆盖", en="Coverage by the stations"),
        Text(
            zh="以各站为圆心、按目录所列距离（或所问距离）作圆并合并，逐图层裁切后量算长度和净面积；"
            "厂房建筑面积取有一部分在范围内的项目的载明数，不按图形切分",
            en="Circles around every station with the distances of the catalog (or the asked one) "
            "are united, each layer is clipped by them and measured; floor is what is stated of "
            "sites with a part within, never split with the shape",
        ),
        stations.COVERAGE_COLUMNS,
        stations.coverage,
    ),
    Analysis(
        "nearest_station",
        Text(zh="最近车站", en="Nearest station"),
        Text(
            zh="各项目图形到每个车站的平面最短距离中最小者",
            en="The least of the plane distances from the shape of a project to each station",
        ),
        stations.NEAREST_COLUMNS,
        stations.nearest,
    ),
    Analysis(
        "road_density",
        Text(zh="片区路网密度", en="Road density by district"),
        Text(
            zh="道路沿片区界线切分，各片区长度除以片区面积（米/平方公里）；只含规划项目，不含现状道路",
            en="Roads are split at the district lines; length over the area of the district in m "
            "per km²; projects of the plan only, not the roads that exist",
        ),
        districts.ROAD_COLUMNS,
        districts.roads,
    ),
    Analysis(
        "park_land",
        Text(zh="片区绿地", en="Park land by district"),
        Text(
            zh="绿地沿片区界线切分，逐片区求毛面积和净面积，并与片区面积相比",
            en="Parks are split at the district lines; gross and net area of each district, and "
            "the net area over that of the district",
        ),
        districts.PARK_COLUMNS,
        districts.parks,
    ),
    Analysis(
        "renovation_reach",
        Text(zh="更新地块周边道路", en="Roads near renovation sites"),
        Text(
            zh="距更新地块不超过“周边”距离的道路，及其在该范围内的长度",
            en="Roads no farther from a renovation site than the zone's distance for “nearby”, and "
            "their length within that reach",
        ),
        sites.COLUMNS,
        sites.roads_in_reach,
    ),
)

ANALYSES: Mapping[str, Analysis] = MappingProxyType({one.id: one for one in _ALL})

_WHAT = Text(zh="分析", en="analysis")


def analyse(plan: Plan, analysis_id: str, question: Question) -> Answer:
    """Run one of :data:`ANALYSES` on the projects of a question; its groups play no part.

    Raises
    ------
    NotFound
        There is no such analysis.
    InputError
        The question names what the plan has not, or the zone has no stations or districts.
    """
    if analysis_id not in ANALYSES:
        raise NotFound(_WHAT, analysis_id)
    analysis = ANALYSES[analysis_id]
    check(plan, question)
    found = analysis.run(plan, question)
    return Answer(
        analysis=analysis_id,
        question=question,
        columns=analysis.columns,
        rows=tuple(found.rows),
        features=on_the_map(plan, found.shapes),
        marks=marks.in_order({"not_survey", *found.marks}),
        versions=versions_of(plan, question, found.layers),
        state=plan.state,
    )
