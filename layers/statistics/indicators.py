"""The columns of a table: one entry a figure, with its unit and what it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from geo.types import Text
from layers.statistics.table import Row

#: count: a number; m and m2: shown in a unit by choice; floor_m2: in 万㎡ only, never in units of
#: land; ratio: 0 to 1, shown in per cent.
Unit = Literal["count", "m", "m2", "floor_m2", "ratio"]


@dataclass(frozen=True)
class Indicator:
    """One figure of a row.

    Attributes
    ----------
    id, title, description
        Its name for programs, its name and meaning for people.
    unit
        What the value is in.
    value
        The figure of a row; None where it is not known.
    """

    id: str
    title: Text
    unit: Unit
    description: Text
    value: Callable[[Row], float | None]


_ALL = (
    Indicator(
        "count",
        Text(zh="项目数", en="Projects"),
        "count",
        Text(
            zh="在本行有一部分的项目；每个项目在一行只计一次",
            en="Projects with a part in the row, each once",
        ),
        lambda row: row.count,
    ),
    Indicator(
        "unlocated",
        Text(zh="其中未定位", en="Not located"),
        "count",
        Text(zh="没有图形的项目", en="Projects without a shape"),
        lambda row: row.unlocated,
    ),
    Indicator(
        "schematic",
        Text(zh="其中示意", en="Schematic"),
        "count",
        Text(zh="图形精度低于“近似”的项目", en="Projects drawn below “approximate”"),
        lambda row: row.schematic,
    ),
    Indicator(
        "length_m",
        Text(zh="长度", en="Length"),
        "m",
        Text(zh="线的长度，在分带投影平面内量算", en="Of lines, in the plane of the projection"),
        lambda row: row.length_m,
    ),
    Indicator(
        "gross_m2",
        Text(zh="毛面积", en="Gross area"),
        "m2",
        Text(
            zh="各面面积之和；重叠处按层数重复计入",
            en="Sum of the polygons; ground covered twice counts twice",
        ),
        lambda row: row.gross_m2,
    ),
    Indicator(
        "net_m2",
        Text(zh="净面积", en="Net area"),
        "m2",
        Text(zh="各面合并后的面积；重叠处只计一次", en="Area that the polygons cover together"),
        lambda row: row.net_m2,
    ),
    Indicator(
        "overlap_m2",
        Text(zh="重叠面积", en="Overlap"),
        "m2",
        Text(zh="毛面积减净面积", en="Gross less net"),
        lambda row: row.overlap_m2,
    ),
    Indicator(
        "geodesic_length_m",
        Text(zh="椭球面长度", en="Length on the ellipsoid"),
        "m",
        Text(zh="同一些线在椭球面上的长度", en="Of the same lines, on the ellipsoid"),
        lambda row: row.geodesic_length_m,
    ),
    Indicator(
        "geodesic_m2",
        Text(zh="椭球面净面积", en="Net area on the ellipsoid"),
        "m2",
        Text(zh="与净面积同一范围，在椭球面上", en="The ground of the net area, on the ellipsoid"),
        lambda row: row.geodesic_m2,
    ),
    Indicator(
        "share_of_district",
        Text(zh="占片区", en="Share of the district"),
        "ratio",
        Text(zh="净面积与片区面积之比", en="Net area over the area of the district"),
        lambda row: row.share_of_district,
    ),
    Indicator(
        "stated_land_m2",
        Text(zh="载明用地面积", en="Stated land"),
        "m2",
        Text(zh="规划文本载明的用地面积之和", en="Land areas that the plan states"),
        lambda row: row.stated.land,
    ),
    Indicator(
        "stated_floor_m2",
        Text(zh="载明建筑面积", en="Stated floor"),
        "floor_m2",
        Text(
            zh="规划文本载明的建筑面积之和；与用地面积口径不同，不相加、不比较",
            en="Floor areas that the plan states: another kind than land, never added to it",
        ),
        lambda row: row.stated.floor,
    ),
    Indicator(
        "stated_count",
        Text(zh="载明数量", en="Stated number"),
        "count",
        Text(zh="规划文本载明的个数之和", en="Numbers of places that the plan states"),
        lambda row: row.stated.count,
    ),
)

INDICATORS: Mapping[str, Indicator] = MappingProxyType({one.id: one for one in _ALL})
