"""The form of a question: what it has to choose from, what was given, and what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from geo.errors import Problem
from geo.types import Text
from layers.export.figures import UNITS, Units
from layers.plan import Plan
from layers.spec import LayerSpec
from layers.statistics import GROUPS, Group
from layers.statistics.question import allowed
from webapp import listing
from webapp.params import stages
from webapp.plans import current_plan
from webapp.questions import MOST_POST_BYTES, TABLE_NAMES, Asked, written

#: The map takes this many ids in its address.
MOST_IDS = 200
#: Where the form shows a problem; others stand above it.
FIELDS = frozenset({*TABLE_NAMES, "unit"} - {"versions"})


def given() -> MultiDict[str, str]:
    """The parameters of this request: those of the address, and of a form that was posted."""
    args: MultiDict[str, str] = MultiDict(request.args)
    if request.method == "POST":
        request.max_content_length = request.max_form_memory_size = MOST_POST_BYTES
        for name, values in request.form.lists():
            args.setlist(name, values)
    return args


def wants_address(args: MultiDict[str, str], asked: Asked) -> bool:
    """Whether what a form has sent is to be led to the one address of it."""
    return not asked.too_long and (request.method == "POST" or "form" in args)


@dataclass(frozen=True)
class Form:
    """What the template of the form is made of."""

    asked: Asked
    args: MultiDict[str, str]
    problems: tuple[Problem, ...]

    @property
    def layers(self) -> tuple[LayerSpec, ...]:
        """The layers of projects."""
        return listing.ordered_layers(self.asked.plan)

    @property
    def stages(self) -> Mapping[str, Text]:
        """The stages with their labels."""
        return stages(self.asked.plan)

    @property
    def leads(self) -> Mapping[str, Text]:
        """Who may lead, with labels."""
        return allowed(self.asked.plan, "lead")

    @property
    def districts(self) -> Mapping[str, Text]:
        """The districts with their names."""
        return {str(one): name for one, name in self.asked.plan.districts["name"].items()}

    @property
    def groups(self) -> Mapping[str, Group]:
        """The groups; a zone without districts has none by district."""
        without = {"district"} if self.asked.plan.districts.empty else set()
        return {name: group for name, group in GROUPS.items() if name not in without}

    @property
    def units(self) -> Mapping[str, Units]:
        """The units of area."""
        return UNITS

    @property
    def distances(self) -> tuple[int, ...]:
        """Catchments that are offered: the zone's, and the asked one; none without stations."""
        plan, asked = self.asked.plan, self.asked.question.within_m
        if plan.surroundings.stations.empty:
            return ()
        return tuple(sorted({*plan.catalog.zone.catchments_m, *([asked] if asked else [])}))

    @cached_property
    def _by_field(self) -> dict[str, list[Problem]]:
        found = defaultdict(list)
        for problem in self.problems:
            found[problem.field if problem.field in FIELDS else ""].append(problem)
        return dict(found)

    def wrong(self, name: str) -> Sequence[Problem]:
        """What is wrong at a field; of the empty name, what is wrong elsewhere."""
        return self._by_field.get(name, ())

    def text(self, name: str) -> str:
        """The words that were given in a field."""
        return self.args.get(name, "").strip()

    @property
    def further(self) -> int:
        """How many of the further conditions are in force."""
        question = self.asked.question
        criteria = question.criteria
        chosen = (criteria.layers, criteria.stages, criteria.years, question.leads)
        more = (bool(criteria.q), question.boundary is not None, bool(self.asked.as_of))
        return sum(one is not None for one in chosen) + sum(more)

    @property
    def open(self) -> bool:
        """Whether the further conditions are to be seen at once."""
        return any(self._by_field.get(name) for name in FIELDS)

    @property
    def query(self) -> dict[str, str]:
        """The question without its open row: what every other link starts from."""
        query = self.asked.query()
        query.pop("row", None)
        return query

    @property
    def for_map(self) -> dict[str, str]:
        """What the map and the list know of the question."""
        return known_to_map(self.asked)

    def data_query(self, *without: str) -> dict[str, str]:
        """The question for an address that answers to programs."""
        return {name: value for name, value in self.query.items() if name not in without}

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """Fields that carry a question too long for an address."""
        return [(name, value) for name, value in self.query.items() if name not in without]


def known_to_map(asked: Asked) -> dict[str, str]:
    """The parameters of a question that the map and the list have too."""
    known = written(asked.question)
    return {name: known[name] for name in ("layers", "stage", "years", "q") if name in known}


def map_query(asked: Asked, ids: Sequence[str]) -> dict[str, Any] | None:
    """The state of a map that shows just these projects; None when there is none to show."""
    plan = asked.plan
    if not any(plan.project(one).located for one in ids):
        return None
    among = {plan.project(one).layer for one in ids}
    around = [layer.id for layer in plan.layers if not layer.is_projects and layer.visible]
    layers = [layer for layer in plan.project_layer_ids if layer in among]
    query: dict[str, Any] = {"layers": ",".join([*layers, *around])}
    query |= map_versions(asked)
    if len(ids) < len(plan.register):
        query |= {"ids": ",".join(ids)} if len(ids) <= MOST_IDS else known_to_map(asked)
    return query


def map_versions(asked: Asked) -> dict[str, str]:
    """What makes the map show the versions of a question; nothing where they are the current."""
    if asked.plan.state == current_plan().state:
        return {}
    return {"versions": asked.pinned(asked.plan.versions)["versions"]}


def colours(plan: Plan) -> dict[str, str]:
    """The colour of each layer of projects, from the style table that draws the map."""
    return {
        layer.id: next(iter(plan.catalog.style(layer).symbols.values())).stroke
        for layer in plan.layers
        if layer.is_projects
    }
