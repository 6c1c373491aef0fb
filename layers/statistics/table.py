"""The table: counts, lengths and areas of the rows that a question asks for."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import shapely

from geo.crs import metric_crs
from geo.errors import NotFound
from geo.types import Text
from layers.plan import Plan
from layers.projects import Project
from layers.statistics import figures, marks
from layers.statistics.figures import Figures, Stated
from layers.statistics.groups import GROUPS, NOT_LOCATED, UNLOCATED, Key, Piece
from layers.statistics.marks import Mark
from layers.statistics.pieces import Pieces, by_district, whole, window
from layers.statistics.question import Question, check

_ROW = Text(zh="统计行", en="row of the table")


@dataclass(frozen=True)
class Row:
    """What one row counts and measures; what is not known is None, never 0.

    Attributes
    ----------
    key
        One step for each group of the question; empty for the total.
    ids
        Every project it counts, in the order of the catalog.
    measured_ids
        Those whose shapes enter the lengths and areas.
    count, unlocated, schematic
        How many projects; how many of them have no shape; how many are 示意.
    length_m
        Length of lines in the plane of the metric CRS.
    gross_m2, net_m2, overlap_m2
        Sum of the polygons, area they cover together, and the difference of the two.
    geodesic_length_m, geodesic_m2
        The same lines, and the same ground as ``net_m2``, on the ellipsoid.
    stated
        What the plan states of these projects, by kind.
    share_of_district
        ``net_m2`` over the area of the row's district (or the asked districts), 0 to 1.
    marks
        What a reader must know.
    """

    key: tuple[Key, ...]
    ids: tuple[str, ...]
    measured_ids: tuple[str, ...]
    count: int
    unlocated: int
    schematic: int
    length_m: float | None
    gross_m2: float | None
    net_m2: float | None
    overlap_m2: float | None
    geodesic_length_m: float | None
    geodesic_m2: float | None
    stated: Stated
    share_of_district: float | None
    marks: tuple[Mark, ...]

    def value(self, group: str) -> str | None:
        """The row's value of a group; None where it has none or the group was not asked for."""
        return next((key.value for key in self.key if key.group == group), None)

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON, in metres and square metres."""
        return {
            **asdict(self),
            "key": [key.to_dict() for key in self.key],
            "ids": list(self.ids),
            "measured_ids": list(self.measured_ids),
            "marks": [mark.id for mark in self.marks],
        }


@dataclass(frozen=True)
class Table:
    """The answer to a question.

    Attributes
    ----------
    question
        What was asked.
    rows
        One row for each combination of keys that has a project.
    total
        All of it, computed from the whole and not by adding rows.
    marks
        The marks of the rows and of the whole table.
    versions
        Version by layer id, of every layer that the figures rest on.
    state
        The state of the plan.
    """

    question: Question
    rows: tuple[Row, ...]
    total: Row
    marks: tuple[Mark, ...]
    versions: Mapping[str, str]
    state: str

    def row(self, values: tuple[str | None, ...]) -> Row:
        """The row of these values, one for each group; NotFound when there is none."""
        for row in self.rows:
            if tuple(key.value for key in row.key) == values:
                return row
        raise NotFound(_ROW, ", ".join(value or "—" for value in values))

    def to_dict(self) -> dict[str, Any]:
        """The table as JSON, in metres and square metres."""
        return {
            "question": self.question.to_dict(),
            "rows": [row.to_dict() for row in self.rows],
            "total": self.total.to_dict(),
            "marks": [asdict(mark) for mark in self.marks],
            "versions": dict(self.versions),
            "state": self.state,
        }


def table(plan: Plan, question: Question) -> Table:
    """Count and measure what a question asks for.

    Raises
    ------
    InputError
        The question names what the plan has not, or its boundary cannot be used.
    """
    check(plan, question)
    all_pieces = whole(plan, question)
    parts = by_district(plan, question, all_pieces) if _splits(question) else all_pieces
    maker = _Maker(plan, question)
    meeting = maker.meeting(all_pieces)
    rows = tuple(maker.rows(parts, maker.meeting_of_parts(meeting, all_pieces, parts)))
    total = maker.total(all_pieces, meeting)
    of_table = {"not_survey", *maker.marks_of_zones()}
    of_rows = {mark.id for row in (*rows, total) for mark in row.marks}
    return Table(
        question=question,
        rows=rows,
        total=total,
        marks=marks.in_order(of_table | of_rows),
        versions=versions(plan, question),
        state=plan.state,
    )


def versions(plan: Plan, question: Question) -> dict[str, str]:
    """The version of every layer that the answer rests on."""
    wanted = question.criteria.layers
    used = set(plan.project_layer_ids if wanted is None else wanted)
    if _splits(question):
        used.add(str(plan.catalog.zone.districts))
    return versions_of(plan, question, used)


def versions_of(plan: Plan, question: Question, layers: Collection[str]) -> dict[str, str]:
    """The versions of some layers, and of those that tell where the question looks."""
    used, zone = set(layers), plan.catalog.zone
    if question.districts is not None:
        used.add(str(zone.districts))
    if question.within_m is not None:
        used.add(str(zone.stations))
    return {layer: version for layer, version in plan.versions.items() if layer in used}


def _cut(pieces: Pieces, members: np.ndarray) -> list[int]:
    """The projects of which only a part is among the members."""
    owners: list[int] = pieces.owner[members[pieces.cut[members]]].tolist()
    return owners


def _states(project: Project) -> bool:
    return figures.stated([project]).known


def _splits(question: Question) -> bool:
    return "district" in question.group


class _Maker:
    """Makes the rows of one question."""

    def __init__(self, plan: Plan, question: Question) -> None:
        self._plan = plan
        self._question = question
        self._crs = metric_crs(plan.catalog.zone.metric_crs)
        districts = plan.districts
        self._names = dict(zip(districts.index, districts["name"], strict=True))
        self._order = {
            group: {value: place for place, value in enumerate(GROUPS[group].order(plan))}
            for group in question.group
        }

    def meeting(self, pieces: Pieces) -> figures.Meeting:
        """What enters figures of the pieces, and which of it shares ground."""
        return figures.meeting(self._measured(pieces))

    def meeting_of_parts(
        self, wholes: figures.Meeting, pieces: Pieces, parts: Pieces
    ) -> figures.Meeting:
        """The same of their parts, which share ground only where the pieces do."""
        if parts is pieces:
            return wholes
        place_of = np.empty(len(pieces.projects), dtype=int)
        place_of[pieces.owner] = np.arange(len(pieces))
        owner = place_of[parts.owner]
        return figures.meeting_of_parts(wholes, self._measured(parts), owner, parts.place)

    def rows(self, pieces: Pieces, meeting: figures.Meeting) -> Iterator[Row]:
        """One row for each combination of keys, in the order of the catalog."""
        if not self._question.group:
            return
        found = self._members(pieces)
        ordered = sorted(found, key=self._place)
        members = [np.array(found[keys]) for keys in ordered]
        measured = figures.measure_each(meeting, members, self._crs)
        for keys, which, row in zip(ordered, members, measured, strict=True):
            yield self._row(keys, pieces, which, meeting.measurable, row)

    def total(self, pieces: Pieces, meeting: figures.Meeting) -> Row:
        """The row of everything."""
        members = np.arange(len(pieces))
        (found,) = figures.measure_each(meeting, [members], self._crs)
        return self._row((), pieces, members, meeting.measurable, found)

    def _members(self, pieces: Pieces) -> dict[tuple[Key, ...], list[int]]:
        """The positions of the pieces that each row counts."""
        known: dict[tuple[int, str | None], list[tuple[Key, ...]]] = {}
        members: dict[tuple[Key, ...], list[int]] = defaultdict(list)
        pairs = zip(pieces.owner.tolist(), pieces.place.tolist(), strict=True)
        for number, (owner, place) in enumerate(pairs):
            if (owner, place) not in known:
                known[owner, place] = list(self._keys(pieces, owner, place))
            for keys in known[owner, place]:
                members[keys].append(number)
        return members

    def _keys(self, pieces: Pieces, owner: int, place: str | None) -> Iterator[tuple[Key, ...]]:
        question = self._question
        if place == UNLOCATED and question.spatial and not _splits(question):
            yield tuple(Key(group, UNLOCATED, NOT_LOCATED) for group in question.group)
            return
        project = pieces.projects[owner]
        spec = self._plan.catalog.layer(project.layer)
        name = None if place is None else self._names.get(place)
        piece = Piece(project, spec, place, name, question.criteria.years)
        steps = [GROUPS[group].keys_of(self._plan, piece) for group in question.group]
        yield from itertools.product(*steps)

    def _place(self, keys: tuple[Key, ...]) -> tuple[tuple[int, int, str], ...]:
        return tuple(self._place_of(key) for key in keys)

    def _place_of(self, key: Key) -> tuple[int, int, str]:
        """Known values first, then others by name, then none, and last what is not located."""
        order = self._order[key.group]
        if key.value in order:
            return (0, order[key.value], key.label.zh)
        rank = 2 if key.value is None else 3 if key.value == UNLOCATED else 1
        return (rank, 0, key.value or "")

    def _measured(self, pieces: Pieces) -> np.ndarray:
        """The shapes that enter figures; None in the place of all others."""
        if self._question.schematic:
            return pieces.shapes
        left_out = np.array([project.schematic for project in pieces.projects], dtype=bool)
        shapes = pieces.shapes.copy()
        shapes[left_out[pieces.owner]] = None
        return shapes

    def _row(
        self,
        keys: tuple[Key, ...],
        pieces: Pieces,
        members: np.ndarray,
        measurable: np.ndarray,
        found: Figures,
    ) -> Row:
        owners = np.unique(pieces.owner[members])
        projects = [pieces.projects[owner] for owner in owners.tolist()]
        measured = np.unique(pieces.owner[members[measurable[members]]])
        located = np.unique(pieces.owner[members[~shapely.is_missing(pieces.shapes[members])]])
        return Row(
            key=keys,
            ids=tuple(project.id for project in projects),
            measured_ids=tuple(pieces.projects[owner].id for owner in measured.tolist()),
            count=len(projects),
            unlocated=len(projects) - len(located),
            schematic=sum(project.schematic for project in projects),
            length_m=found.length_m,
            gross_m2=found.gross_m2,
            net_m2=found.net_m2,
            overlap_m2=found.overlap_m2,
            geodesic_length_m=found.geodesic_length_m,
            geodesic_m2=found.geodesic_m2,
            stated=figures.stated(projects),
            share_of_district=self._share(keys, found.net_m2),
            marks=marks.in_order(set(self._marks(pieces, members, projects, found))),
        )

    def _marks(
        self,
        pieces: Pieces,
        members: np.ndarray,
        projects: Sequence[Project],
        found: Figures,
    ) -> Iterator[str]:
        if any(project.schematic and project.located for project in projects):
            yield "schematic" if self._question.schematic else "schematic_left_out"
        if not all(project.located for project in projects):
            yield "place_unknown" if self._question.spatial else "unlocated"
        if any(_states(pieces.projects[owner]) for owner in _cut(pieces, members)):
            yield "stated_whole"
        if found.on_grid:
            yield "on_grid"

    def marks_of_zones(self) -> Iterator[str]:
        """The marks that districts give to the whole table."""
        if not (_splits(self._question) or self._question.districts is not None):
            return
        if self._plan.districts["schematic"].any():
            yield "districts_schematic"

    def _share(self, keys: tuple[Key, ...], net_m2: float | None) -> float | None:
        area_m2 = self._ground(keys)
        return None if net_m2 is None or not area_m2 else net_m2 / area_m2

    def _ground(self, keys: tuple[Key, ...]) -> float | None:
        """Area of the district that a row is about, or of those that were asked for."""
        districts = self._plan.districts
        place = next((key.value for key in keys if key.group == "district"), None)
        if place is not None and place in districts.index:
            return float(districts.geometry[place].area)
        if place is not None or self._question.districts is None:
            return None
        asked = Question(districts=self._question.districts)
        ground = window(self._plan, asked)
        return None if ground is None else float(ground.area)
