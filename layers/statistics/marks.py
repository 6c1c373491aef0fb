"""The marks that figures carry: what a reader must know before a figure is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.types import Text


@dataclass(frozen=True)
class Mark:
    """A short word beside a figure, and what it means."""

    id: str
    title: Text
    meaning: Text


_ALL = (
    Mark(
        "not_survey",
        Text(zh="规划统计，非测绘成果", en="Planning statistic, not a survey result"),
        Text(
            zh="图形取自规划资料，面积和长度供规划参考，不作权属或工程依据",
            en="Shapes come from planning documents; figures serve planning, not title or works",
        ),
    ),
    Mark(
        "schematic",
        Text(zh="示意", en="Schematic"),
        Text(
            zh="长度和面积计入了精度低于“近似”的图形",
            en="Lengths and areas include shapes below the quality “approximate”",
        ),
    ),
    Mark(
        "schematic_left_out",
        Text(zh="示意未计入", en="Schematic left out"),
        Text(
            zh="有精度低于“近似”的图形，计数而不计长度和面积",
            en="Shapes below the quality “approximate” are counted, but not measured",
        ),
    ),
    Mark(
        "unlocated",
        Text(zh="含未定位", en="Some not located"),
        Text(
            zh="有项目没有图形：计数，不计长度和面积",
            en="Projects without a shape are counted, but not measured",
        ),
    ),
    Mark(
        "place_unknown",
        Text(zh="位置不明", en="Place unknown"),
        Text(
            zh="未定位的项目可能在所问范围之内，也可能在外，另列一行并计入项目数",
            en="Projects without a shape may lie in the asked place or not: they have a row of "
            "their own and count as projects",
        ),
    ),
    Mark(
        "districts_schematic",
        Text(zh="片区界线示意", en="Districts are schematic"),
        Text(
            zh="片区界线为示意线，按片区的数字随界线而变",
            en="District lines are sketched; figures by district are no better than the lines",
        ),
    ),
    Mark(
        "stated_whole",
        Text(zh="载明数为整项", en="Stated for the whole"),
        Text(
            zh="规划文本的数值属于整个项目，不随图形切分；各行之和可能大于合计",
            en="A stated figure is that of the whole project and is not split with its shape; "
            "rows may add up to more than the total",
        ),
    ),
    Mark(
        "on_grid",
        Text(zh="1 毫米格网", en="1 mm grid"),
        Text(
            zh="精确求并失败，改用 1 毫米精度格网求并",
            en="An exact union failed; it was made with corners on a grid of 1 mm",
        ),
    ),
)

MARKS: Mapping[str, Mark] = MappingProxyType({mark.id: mark for mark in _ALL})


def in_order(ids: set[str]) -> tuple[Mark, ...]:
    """The marks of these ids, the weightiest first."""
    return tuple(mark for mark in _ALL if mark.id in ids)
