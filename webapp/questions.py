"""What an address asks of the statistics, turned into a checked question once.

Unlike the list, a page of figures never answers half a question: what cannot be read is told at
its field, and no figure is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import quote
from zoneinfo import ZoneInfo

import shapely
from flask import has_app_context
from werkzeug.datastructures import MultiDict

from geo.errors import InputError, NotFound, ProblemKind
from geo.types import Text
from layers.export.figures import DEFAULT_UNIT, UNITS
from layers.nouns import LAYER
from layers.plan import Plan
from layers.query import Criteria
from layers.statistics import GROUPS, Question, Row, Table, check, read_boundary
from layers.statistics.question import allowed
from webapp.answers import keep_heavy
from webapp.language import TIME_ZONE
from webapp.params import BAD_FORM, Reader, projects_among, stages
from webapp.translating import LANGS

#: A boundary in an address, as it is written there; more is sent with POST. Servers refuse an
#: address of 65,536 bytes before anything of ours is asked.
MOST_ADDRESS_BYTES = 60_000
MOST_ADDRESS_VERTICES = 2_000
#: Brackets of a boundary that begin no position.
_RINGS = 100
#: The most that is read of a POST.
MOST_POST_BYTES = 4_000_000
#: The row of everything, and a value that is not given, as they stand in ``row=``.
TOTAL_ROW, NO_VALUE, BETWEEN = "total", "-", "~"

#: Parameters of a question; those of every answer to it; and those of one of its rows.
QUESTION_NAMES = (
    "layers",
    "stage",
    "years",
    "q",
    "lead",
    "district",
    "within",
    "boundary",
    "schematic",
    "versions",
    "as_of",
)
TABLE_NAMES = (*QUESTION_NAMES, "group")
#: Those that name an older state of the plan.
OLDER_NAMES = ("versions", "as_of")

LONG_BOUNDARY = ProblemKind(
    "boundary-long",
    "error",
    Text(
        zh="边界太长，不能写在网址里（编码后 {size} 字节）",
        en="The boundary is too long for an address (encoded {size} bytes)",
    ),
    Text(
        zh="网址里至多 {bytes} 字节、{most} 个顶点；更大的用 POST 提交，或先简化",
        en="An address holds {bytes} bytes and {most} points; send more with POST, or simplify it",
    ),
)
NOTHING_YET = ProblemKind(
    "as-of-before",
    "error",
    Text(
        zh="到 {value} 还没有发布任何项目图层", en="No layer of projects was published by {value}"
    ),
    Text(zh="换一个较晚的日期", en="Give a later date"),
)
KINDS = (LONG_BOUNDARY, NOTHING_YET)

_WITHIN = re.compile(r"(\d{1,6})(?:m(?:-of-station)?)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_VERSION = re.compile(r"([a-z][a-z0-9_]*):([0-9a-f]{12})", re.ASCII)

Boundary: TypeAlias = shapely.Polygon | shapely.MultiPolygon


@dataclass(frozen=True)
class Asked:
    """A question with the plan that answers it.

    Attributes
    ----------
    plan
        The present plan, or an older one when the address names versions or a date.
    question, unit
        What is counted, and the unit that areas are shown in.
    versions, as_of
        The versions and the date that the address names.
    row
        The open row as it stands in ``row=``; empty for none.
    """

    plan: Plan
    question: Question = field(default_factory=Question)
    unit: str = DEFAULT_UNIT
    versions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    as_of: str = ""
    row: str = ""

    def query(self) -> dict[str, str]:
        """The one way to write all of it as parameters; nothing that is not chosen."""
        own = {"unit": "" if self.unit == DEFAULT_UNIT else self.unit, "row": self.row}
        return {**written(self.question), **self._time(), **{n: v for n, v in own.items() if v}}

    def pinned(self, versions: Mapping[str, str]) -> dict[str, str]:
        """The same on exactly these versions, whatever is published later."""
        query = {**self.query(), "versions": written_versions(versions)}
        query.pop("as_of", None)
        return query

    def _time(self) -> dict[str, str]:
        found = {"versions": written_versions(self.versions), "as_of": self.as_of}
        return {name: value for name, value in found.items() if value}

    @property
    def too_long(self) -> bool:
        """Whether its boundary does not fit into an address."""
        return not fits_address(written(self.question).get("boundary", ""))


def written(question: Question) -> dict[str, str]:
    """A question as parameters."""
    criteria, boundary = question.criteria, question.boundary
    found: dict[str, str | None] = {
        "layers": _joined(criteria.layers),
        "stage": _joined(criteria.stages),
        "years": "{}-{}".format(*criteria.years) if criteria.years else None,
        "q": criteria.q or None,
        "lead": _joined(question.leads),
        "district": _joined(question.districts),
        "within": None if question.within_m is None else str(question.within_m),
        "boundary": None if boundary is None else shapely.to_geojson(boundary),
        "group": None if question.group == Question().group else ",".join(question.group),
        "schematic": "1" if question.schematic else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _joined(values: tuple[str, ...] | None) -> str | None:
    return None if values is None else ",".join(values)


def written_versions(versions: Mapping[str, str]) -> str:
    """Layers with a version each, as ``versions=`` takes them."""
    return ",".join(f"{layer}:{version}" for layer, version in versions.items())


def slug(row: Row) -> str:
    """A row as it stands in an address."""
    if not row.key:
        return TOTAL_ROW
    return BETWEEN.join(NO_VALUE if key.value is None else key.value for key in row.key)


def values_of(wanted: str) -> tuple[str | None, ...] | None:
    """The values of a row, one for each group, as its address has them; None for the total."""
    if wanted == TOTAL_ROW:
        return None
    return tuple(None if value == NO_VALUE else value for value in wanted.split(BETWEEN))


def find_row(table: Table, wanted: str) -> Row:
    """The row of an address; NotFound when the table has none such."""
    for row in (table.total, *table.rows):
        if slug(row) == wanted:
            return row
    return table.row(tuple(wanted.split(BETWEEN)))


class QuestionReader(Reader):
    """Reads what statistics are asked for beside what the map is."""

    def __init__(self, args: MultiDict[str, str], *, in_address: bool = True) -> None:
        super().__init__(args)
        self._in_address = in_address

    def within(self, name: str) -> int | None:
        """A distance from a station in metres: ``800``, ``800m`` or ``800m-of-station``."""
        given = self._given(name)
        match = _WITHIN.fullmatch(given)
        if given and not match:
            self._complain(BAD_FORM, name, given, example="800")
        return int(match[1]) if match else None

    def flag(self, name: str) -> bool:
        """``1`` for yes; ``0`` or nothing for no."""
        return self.word(name, ("1", "0")) == "1"

    def boundary(self, name: str) -> Boundary | None:
        """A polygon as GeoJSON, EPSG:4326."""
        given = self._given(name)
        if not given:
            return None
        if self._in_address and not fits_address(given):
            self.problems.append(
                LONG_BOUNDARY.at(
                    field=name,
                    size=_address_bytes(given),
                    bytes=MOST_ADDRESS_BYTES,
                    most=MOST_ADDRESS_VERTICES,
                )
            )
            return None
        try:
            return read_boundary(given)
        except InputError as error:
            self.problems.extend(error.problems)
            return None

    def versions(self, name: str) -> dict[str, str]:
        """Layers with a version each: ``roads:7e68e1bf6200,parks:…``."""
        found: dict[str, str] = {}
        for part in filter(None, self._given(name).split(",")):
            if match := _VERSION.fullmatch(part.strip()):
                found[match[1]] = match[2]
            else:
                self._complain(BAD_FORM, name, part, example="roads:7e68e1bf6200")
        return found

    def day(self, name: str) -> date | None:
        """A day of the zone's calendar: ``2026-11-23``."""
        given = self._given(name)
        if not given:
            return None
        try:
            if _DATE.fullmatch(given):
                return date.fromisoformat(given)
        except ValueError:
            pass
        self._complain(BAD_FORM, name, given, example="2026-11-23")
        return None

    def places(self, name: str, plan: Plan) -> tuple[str, ...] | None:
        """Ids of districts; what a zone without districts says is left to the question's check."""
        if plan.districts.empty:
            return (self._given(name),) if self._given(name) else None
        return self.words(name, plan.districts.index.tolist()) or None

    def groups(self, name: str) -> tuple[str, ...]:
        """Ids of groups, the outermost first; an empty parameter asks for the total alone."""
        found = self.words(name, GROUPS)
        return Question().group if found is None else found

    def _given(self, name: str) -> str:
        return self._args.get(name, "").strip()


def strict_question(args: MultiDict[str, str], *names: str, in_address: bool) -> QuestionReader:
    """A reader for programs: parameters that are none of these are problems."""
    reader = QuestionReader(args, in_address=in_address)
    reader.only(*names)
    reader.word("lang", LANGS)
    return reader


def asked_plan(args: MultiDict[str, str], current: Plan) -> Plan:
    """The plan of the day and on the versions that an address names; the current one without.

    Raises
    ------
    InputError
        They cannot be read, or nothing was published by that day.
    NotFound
        One of the versions was never published.
    """
    reader = QuestionReader(args)
    versions, day = reader.versions("versions"), reader.day("as_of")
    reader.refuse()
    plan = _plan_of(current, versions, day)
    if day is not None and not plan.project_layer_ids:
        raise InputError([NOTHING_YET.at(field="as_of", value=day.isoformat())])
    return plan


def read_question(reader: QuestionReader, current: Plan) -> Asked:
    """Read a question and check it; the reader has every problem there is.

    Raises
    ------
    NotFound
        The address names a version that was never published.
    """
    versions, day = reader.versions("versions"), reader.day("as_of")
    plan = _plan_of(current, versions, day)
    if not plan.project_layer_ids and day is not None:
        reader.problems.append(NOTHING_YET.at(field="as_of", value=day.isoformat()))
        plan = current
    question = Question(
        criteria=_criteria(reader, plan),
        leads=reader.words("lead", allowed(plan, "lead")) or None,
        districts=reader.places("district", plan),
        within_m=reader.within("within"),
        boundary=reader.boundary("boundary"),
        group=reader.groups("group"),
        schematic=reader.flag("schematic"),
    )
    _check(reader, plan, question)
    unit = reader.word("unit", UNITS) or DEFAULT_UNIT
    written_day = day.isoformat() if day else ""
    return Asked(plan, question, unit, MappingProxyType(versions), written_day, reader.text("row"))


def _criteria(reader: QuestionReader, plan: Plan) -> Criteria:
    """The layers, stages, years and words, read as on the map."""
    layers = reader.words("layers", [layer.id for layer in plan.layers])
    return Criteria(
        layers=projects_among(layers, plan),
        stages=reader.words("stage", stages(plan)) or None,
        years=reader.years("years", *plan.catalog.zone.years),
        q=reader.text("q"),
    )


def _check(reader: QuestionReader, plan: Plan, question: Question) -> None:
    try:
        check(plan, question)
    except InputError as error:
        reader.problems.extend(error.problems)


def _plan_of(current: Plan, versions: Mapping[str, str], day: date | None) -> Plan:
    """The plan of a day, and of versions; kept, for a plan remembers what it has read."""
    if day is None and all(current.versions.get(layer) == v for layer, v in versions.items()):
        return current
    plan = current if day is None else current.as_of(end_of(day))
    for layer in versions:
        if layer not in current.versions:
            raise NotFound(LAYER, layer)
    older = plan.at(versions)
    if older.state == current.state:
        return current
    return keep_heavy((older.state, "plan"), lambda: older) if has_app_context() else older


def beginning_of(day: date) -> datetime:
    """The first moment of a day of the zone's calendar."""
    return datetime.combine(day, time.min, ZoneInfo(TIME_ZONE))


def end_of(day: date) -> datetime:
    """The last moment of a day of the zone's calendar."""
    return datetime.combine(day, time.max, ZoneInfo(TIME_ZONE))


def fits_address(boundary: str) -> bool:
    """Whether an address can hold a boundary; told without reading it, for it may be huge."""
    # A position begins with a bracket, and so does a ring.
    if boundary.count("[") > MOST_ADDRESS_VERTICES + _RINGS:
        return False
    return _address_bytes(boundary) <= MOST_ADDRESS_BYTES


def _address_bytes(text: str) -> int:
    return len(quote(text, safe=""))
