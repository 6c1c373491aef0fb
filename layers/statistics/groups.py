"""By what projects can be grouped: one entry a group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import NamedTuple

from geo.types import Text
from layers.plan import Plan
from layers.projects import Project
from layers.spec import LayerSpec

#: The value of a district key for what lies in no district.
OUTSIDE = "outside"
#: The value of any key for projects of which nobody can say where they lie.
UNLOCATED = "unlocated"


class Key(NamedTuple):
    """One step of a row's name: the group, the value there and its label.

    ``value`` is None where the project has none: 未载明.
    """

    group: str
    value: str | None
    label: Text

    def to_dict(self) -> dict[str, object]:
        """The key as JSON."""
        return {"group": self.group, "value": self.value, "label": asdict(self.label)}


@dataclass(frozen=True)
class Piece:
    """A project, or the part of it that lies in one district, as the groups see it.

    Attributes
    ----------
    project, spec
        The project and its layer.
    place
        Id of the district, :data:`OUTSIDE` or :data:`UNLOCATED`; None when districts were not
        asked for.
    place_name
        The district's name.
    years
        The asked years; None for all.
    """

    project: Project
    spec: LayerSpec
    place: str | None
    place_name: Text | None
    years: tuple[int, int] | None


Values = tuple[tuple[str | None, Text], ...]


@dataclass(frozen=True)
class Group:
    """A way to group.

    Attributes
    ----------
    id, title, description
        Its name in addresses, its name and meaning for people.
    values_of
        The values of a piece with their labels. With more than one the piece stands in several
        rows, and the rows add up to more than the total.
    order
        Every value that the plan knows, in the order in which rows stand.
    """

    id: str
    title: Text
    description: Text
    values_of: Callable[[Plan, Piece], Values]
    order: Callable[[Plan], Iterator[str]]

    def keys_of(self, plan: Plan, piece: Piece) -> tuple[Key, ...]:
        """The keys under which a piece is counted."""
        return tuple(Key(self.id, value, label) for value, label in self.values_of(plan, piece))


NOT_GIVEN = Text(zh="未载明", en="Not stated")
NOT_CLASSIFIED = Text(zh="未分类", en="Unclassified")
NOT_DATED = Text(zh="未定", en="Undated")
OUTSIDE_ALL = Text(zh="三片区以外", en="Outside the districts")
NOT_LOCATED = Text(zh="未定位", en="Not located")


def _layer(_plan: Plan, piece: Piece) -> Values:
    return ((piece.spec.id, piece.spec.title),)


def _layers(plan: Plan) -> Iterator[str]:
    yield from plan.project_layer_ids


def _coded(field: str, missing: Text) -> Callable[[Plan, Piece], Values]:
    def values_of(_plan: Plan, piece: Piece) -> Values:
        value = piece.project.properties.get(field)
        if value is None or field not in piece.spec.fields:
            return ((None, missing),)
        return ((str(value), piece.spec.fields[field].title_of(str(value))),)

    return values_of


def _known(field: str) -> Callable[[Plan], Iterator[str]]:
    def order(plan: Plan) -> Iterator[str]:
        for layer in plan.layers:
            if layer.is_projects and field in layer.fields:
                yield from layer.fields[field].values

    return order


def _phase(_plan: Plan, piece: Piece) -> Values:
    """The whole period of the project, so that each project stands in one row."""
    if piece.project.undated:
        return ((None, NOT_DATED),)
    first, last = piece.project.years
    name = str(first) if first == last else f"{first}-{last}"
    label = name.replace("-", "–")
    return ((name, Text(zh=f"{label} 年", en=label)),)


def _phases(plan: Plan) -> Iterator[str]:
    first, last = plan.catalog.zone.years
    for start in range(first, last + 1):
        yield str(start)
        yield from (f"{start}-{end}" for end in range(start + 1, last + 1))


def _year(_plan: Plan, piece: Piece) -> Values:
    if piece.project.undated:
        return ((None, NOT_DATED),)
    first, last = piece.project.years
    low, high = piece.years or (first, last)
    years = range(max(first, low), min(last, high) + 1)
    return tuple((str(year), Text(zh=f"{year} 年", en=str(year))) for year in years)


def _years(plan: Plan) -> Iterator[str]:
    first, last = plan.catalog.zone.years
    yield from map(str, range(first, last + 1))


def _district(plan: Plan, piece: Piece) -> Values:
    if piece.place is None or piece.place == UNLOCATED:
        return ((UNLOCATED, NOT_LOCATED),)
    if piece.place == OUTSIDE:
        return ((OUTSIDE, outside_label(plan)),)
    return ((piece.place, piece.place_name or Text(piece.place, piece.place)),)


def outside_label(plan: Plan) -> Text:
    """The label of what lies in no district; a zone with three says so."""
    return OUTSIDE_ALL if len(plan.districts) == 3 else Text("片区以外", OUTSIDE_ALL.en)


def _districts(plan: Plan) -> Iterator[str]:
    yield from plan.districts.index
    yield OUTSIDE


GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        group.id: group
        for group in (
            Group(
                "layer",
                Text(zh="图层", en="Layer"),
                Text(zh="项目所在的图层", en="The layer of the project"),
                _layer,
                _layers,
            ),
            Group(
                "class",
                Text(zh="类别", en="Class"),
                Text(zh="图层内的类别，如道路等级、绿地类型", en="The class within its layer"),
                _coded("class", NOT_CLASSIFIED),
                _known("class"),
            ),
            Group(
                "action",
                Text(zh="建设方式", en="Action"),
                Text(zh="新建、延伸、扩建、改造等", en="Build, extend, widen, renew and so on"),
                _coded("action", NOT_GIVEN),
                _known("action"),
            ),
            Group(
                "stage",
                Text(zh="规划阶段", en="Stage"),
                Text(zh="规划文本所定的目标", en="What the plan aims at"),
                _coded("stage", NOT_GIVEN),
                _known("stage"),
            ),
            Group(
                "lead",
                Text(zh="牵头层级", en="Lead"),
                Text(zh="由谁牵头", en="Who leads"),
                _coded("lead", NOT_GIVEN),
                _known("lead"),
            ),
            Group(
                "phase",
                Text(zh="分期", en="Phase"),
                Text(
                    zh="项目的起止年份；每个项目只在一行",
                    en="First to last year of the project; each project stands in one row",
                ),
                _phase,
                _phases,
            ),
            Group(
                "year",
                Text(zh="年份", en="Year"),
                Text(
                    zh="项目涉及的每一年；跨年项目在每一年各计一次，各行之和大于合计",
                    en="Each year of the project: one that takes several stands in each of them, "
                    "and the rows add up to more than the total",
                ),
                _year,
                _years,
            ),
            Group(
                "district",
                Text(zh="片区", en="District"),
                Text(
                    zh="开发区的片区；跨片区的图形沿界线切分，各部分之和等于整体",
                    en="District of the zone; a shape across two is split at the line, and the "
                    "parts sum to the whole",
                ),
                _district,
                _districts,
            ),
        )
    }
)
