"""What an address asks for, turned into typed values once; one function for each parameter.

A program that asks for something unknown is refused with every problem at once. A page ignores
what it does not know and tells the reader.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

from werkzeug.datastructures import MultiDict

from geo.errors import InputError, Problem, ProblemKind
from geo.types import BBox, Text
from layers.plan import Plan
from layers.query import Criteria
from layers.spec import FieldSpec
from webapp.translating import LANGS

UNKNOWN_VALUE = ProblemKind(
    "parameter-value",
    "error",
    Text(
        zh="参数 {name} 里的“{value}”这里没有",
        en="The parameter {name} has “{value}”, not known here",
    ),
    Text(zh="可用的值：{allowed}", en="Known are: {allowed}"),
)
BAD_FORM = ProblemKind(
    "parameter-form",
    "error",
    Text(
        zh="参数 {name} 的值“{value}”写法不对", en="The parameter {name} cannot be read: “{value}”"
    ),
    Text(zh="写法如 {name}={example}", en="It is written like {name}={example}"),
)
UNKNOWN_NAME = ProblemKind(
    "parameter-unknown",
    "error",
    Text(zh="这里没有参数“{name}”", en="There is no parameter “{name}” here"),
    Text(zh="可用的参数：{allowed}", en="There are: {allowed}"),
)

MOST_FEATURES = 100_000
LONGEST_QUERY = 100
LEAST_ZOOM, MOST_ZOOM = 0, 22
#: Known values that a problem names at most.
_MOST_TOLD = 100
SORTS = ("id", "name", "layer", "stage", "year")

#: How values of some types are read, and how one is written.
_TYPES: Mapping[str, tuple[Callable[[str], str | int | float | bool], str]] = MappingProxyType(
    {"integer": (int, "1"), "year": (int, "2024"), "number": (float, "1.5")}
)
_PANEL = re.compile(r"[a-z]{1,20}")
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True)
class View:
    """Where the map stands: the middle in degrees, and the zoom level."""

    lat: float
    lon: float
    zoom: float

    def __str__(self) -> str:
        return f"{self.lat:g},{self.lon:g},{self.zoom:g}"


@dataclass(frozen=True)
class Order:
    """By which column a table is sorted."""

    by: str = "layer"
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.by}" if self.descending else self.by


@dataclass(frozen=True)
class State:
    """What the address says of the map and its list.

    Attributes
    ----------
    criteria
        The filter over projects.
    layers
        Visible layers, the uppermost first, context among them; None for the catalog's own choice.
    opacity
        Layer and per cent.
    selected, view, panel
        The open project, the place of the map and the open panel.
    """

    criteria: Criteria = field(default_factory=Criteria)
    layers: tuple[str, ...] | None = None
    opacity: tuple[tuple[str, int], ...] = ()
    selected: str | None = None
    view: View | None = None
    panel: str | None = None

    def query(self) -> dict[str, str]:
        """The same state as parameters: one way to write it, and nothing that is not chosen."""
        criteria, view = self.criteria, self.view
        written: dict[str, str | None] = {
            "layers": None if self.layers is None else ",".join(self.layers),
            "opacity": ",".join(f"{layer}:{percent}" for layer, percent in self.opacity) or None,
            "stage": None if criteria.stages is None else ",".join(criteria.stages),
            "years": "{}-{}".format(*criteria.years) if criteria.years else None,
            "q": criteria.q or None,
            "ids": None if criteria.ids is None else ",".join(criteria.ids),
            "selected": self.selected,
            "view": str(view) if view else None,
            "panel": self.panel,
        }
        return {name: value for name, value in written.items() if value is not None}


def strict(args: MultiDict[str, str], *names: str) -> Reader:
    """A reader for programs: parameters that are none of ``names`` or ``lang`` are problems."""
    reader = Reader(args)
    reader.only(*names)
    reader.word("lang", LANGS)
    return reader


class Reader:
    """Reads typed values from a query string; what cannot be read becomes a problem."""

    def __init__(self, args: MultiDict[str, str]) -> None:
        self._args = args
        self.problems: list[Problem] = []

    def refuse(self) -> None:
        """Raise :class:`InputError` when anything could not be read."""
        if self.problems:
            raise InputError(self.problems)

    def only(self, *names: str) -> None:
        """Complain of every parameter that is none of these."""
        for name in self._args.keys() - {"lang", *names}:
            self._complain(UNKNOWN_NAME, name, allowed=["lang", *names])

    def word(self, name: str, allowed: Collection[str]) -> str | None:
        """One word of a known set."""
        value = self._args.get(name, "").strip()
        return next(self._known(name, [value], allowed), None) if value else None

    def words(self, name: str, allowed: Collection[str]) -> tuple[str, ...] | None:
        """Words of a known set, between commas or given one by one, each once; None for all.

        A parameter that is there and empty means none at all. One of which no word is known is as
        if it were not there.
        """
        if self._args.getlist(name) == [""]:
            return ()
        given = [word for value in self._args.getlist(name) for word in _split(value)]
        return tuple(dict.fromkeys(self._known(name, given, allowed))) or None

    def names(self, name: str) -> tuple[str, ...] | None:
        """Words between commas, each once, whatever they are; None when there is none."""
        return tuple(dict.fromkeys(_split(self._args.get(name, "")))) or None

    def values(
        self, name: str, fields: Mapping[str, FieldSpec]
    ) -> dict[str, str | int | float | bool]:
        """A wanted value for some fields, each as ``field:value``; given one by one."""
        found = {}
        for given in self._args.getlist(name):
            field, colon, written = given.partition(":")
            if not colon:
                self._complain(BAD_FORM, name, given, example=f"{next(iter(fields))}:…")
            elif field not in fields:
                self._complain(UNKNOWN_VALUE, name, field, allowed=fields)
            else:
                found[field] = self._value(name, given, fields[field], written)
        return found

    def _value(
        self, name: str, given: str, field: FieldSpec, written: str
    ) -> str | int | float | bool:
        """A value in the type of its field."""
        made, example = _TYPES.get(field.type, (str, ""))
        try:
            return made(written)
        except ValueError:
            wanted = f"{given.partition(':')[0]}:{example}"
            self._complain(BAD_FORM, name, given, example=wanted)
            return written

    def whole(self, name: str, usual: int) -> int:
        """A whole number from 0."""
        given = self._args.get(name, "")
        if not given:
            return usual
        if re.fullmatch(r"\d{1,9}", given, re.ASCII):
            return int(given)
        self._complain(BAD_FORM, name, given, example=str(usual))
        return usual

    def percentages(self, name: str, allowed: Collection[str]) -> tuple[tuple[str, int], ...]:
        """Words of a known set, each with a percentage: ``roads:60,parks:40``."""
        found: dict[str, int] = {}
        for part in _split(self._args.get(name, "")):
            word, _, percent = part.partition(":")
            if not re.fullmatch(r"\d{1,3}", percent, re.ASCII) or int(percent) > 100:
                self._complain(BAD_FORM, name, part, example="roads:60,parks:40")
            else:
                found.update((one, int(percent)) for one in self._known(name, [word], allowed))
        return tuple(found.items())

    def percent(self, name: str, usual: int) -> int:
        """A whole number from 0 to 100."""
        given = self._args.get(name, "")
        if not given:
            return usual
        if re.fullmatch(r"\d{1,3}", given, re.ASCII) and int(given) <= 100:
            return int(given)
        self._complain(BAD_FORM, name, given, example=str(usual))
        return usual

    def years(self, name: str, first: int, last: int) -> tuple[int, int] | None:
        """A year or two within the plan's: ``2021-2023``, or the two given one by one."""
        given = "-".join(filter(None, self._args.getlist(name)))
        if not given:
            return None
        match = _YEARS.fullmatch(given)
        years = sorted(int(year) for year in match.groups() if year) if match else []
        if not years or years[0] < first or years[-1] > last:
            self._complain(BAD_FORM, name, given, example=f"{first}-{last}")
            return None
        chosen = (years[0], years[-1])
        return None if chosen == (first, last) else chosen

    def text(self, name: str) -> str:
        """Words that somebody typed, on one line."""
        value = _CONTROLS.sub(" ", self._args.get(name, "")).strip()
        if len(value) > LONGEST_QUERY:
            self._complain(BAD_FORM, name, value, example="凤翔")
            return ""
        return value

    def view(self, name: str) -> View | None:
        """Latitude, longitude and zoom: ``31.68,120.30,13``."""
        given = self._args.get(name, "")
        if not given:
            return None
        numbers = _numbers(given)
        if len(numbers) == 3:
            lat, lon, zoom = numbers
            if abs(lat) <= 90 and abs(lon) <= 180 and LEAST_ZOOM <= zoom <= MOST_ZOOM:
                return View(lat, lon, zoom)
        self._complain(BAD_FORM, name, given, example="31.68,120.30,13")
        return None

    def panel(self, name: str) -> str | None:
        """The name of a panel of the map page, which alone knows its panels."""
        given = self._args.get(name, "")
        return given if _PANEL.fullmatch(given) else None

    def order(self, name: str) -> Order:
        """A column of the list, with a minus for the other direction."""
        word = self.word(name, [*SORTS, *(f"-{column}" for column in SORTS)])
        return Order(word.lstrip("-"), word.startswith("-")) if word else Order()

    def bbox(self, name: str) -> BBox | None:
        """West, south, east and north in degrees."""
        given = self._args.get(name)
        if given is None:
            return None
        try:
            return BBox.parse(given)
        except ValueError:
            self._complain(BAD_FORM, name, given, example="120.20,31.63,120.39,31.73")
            return None

    def limit(self, name: str) -> int | None:
        """The most features wanted, from 1."""
        given = self._args.get(name)
        if given is None:
            return None
        if re.fullmatch(r"\d{1,9}", given, re.ASCII) and 1 <= int(given) <= MOST_FEATURES:
            return int(given)
        self._complain(BAD_FORM, name, given, example=str(MOST_FEATURES))
        return None

    def _known(self, name: str, words: Iterable[str], allowed: Collection[str]) -> Iterator[str]:
        for word in words:
            if word in allowed:
                yield word
            else:
                self._complain(UNKNOWN_VALUE, name, word, allowed=allowed)

    def _complain(
        self,
        kind: ProblemKind,
        name: str,
        value: str = "",
        allowed: Collection[str] = (),
        example: str = "",
    ) -> None:
        first = list(islice(allowed, _MOST_TOLD))
        known = ", ".join([*first, *(["…"] if len(allowed) > len(first) else [])])
        choices = Text(zh=known, en=known)
        self.problems.append(
            kind.at(field=name, name=name, value=value, allowed=choices, example=example)
        )


def read_state(reader: Reader, plan: Plan) -> State:
    """Read what the map and its list share; the reader has the problems.

    No layer at all is a choice; no stage at all is none.
    """
    layers = reader.words("layers", [layer.id for layer in plan.layers])
    return State(
        criteria=Criteria(
            layers=projects_among(layers, plan),
            stages=reader.words("stage", stages(plan)) or None,
            years=reader.years("years", *plan.catalog.zone.years),
            q=reader.text("q"),
            ids=reader.words("ids", plan.register) or None,
        ),
        layers=layers,
        opacity=reader.percentages("opacity", [layer.id for layer in plan.layers]),
        selected=reader.word("selected", plan.register),
        view=reader.view("view"),
        panel=reader.panel("panel"),
    )


#: The parameters that choose projects.
CRITERIA_NAMES = ("layers", "stage", "years", "q", "ids")
#: Those that choose features of one version for programs, and a page of them.
PART_NAMES = ("bbox", "where", "after", "limit")
#: Those that choose rows of one layer, and a page of them.
ROWS_NAMES = ("stage", "years", "q", "ids", "start", "limit")


def stages(plan: Plan) -> dict[str, Text]:
    """Every stage that a project layer of the plan knows, with its label, in their order."""
    fields = [layer.fields.get("stage") for layer in plan.layers if layer.is_projects]
    return {
        value: title
        for known in fields
        if known is not None
        for value, title in known.values.items()
    }


def projects_among(layers: tuple[str, ...] | None, plan: Plan) -> tuple[str, ...] | None:
    """The layers of projects among some layers; None for all stays None."""
    if layers is None:
        return None
    return tuple(layer for layer in layers if layer in plan.project_layer_ids)


def _split(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def _numbers(value: str) -> list[float]:
    """Finite numbers between commas; nothing when one of them is none."""
    try:
        numbers = [float(part) for part in value.split(",")]
    except ValueError:
        return []
    return numbers if all(math.isfinite(number) for number in numbers) else []
