"""The printed map: its form with a preview, and the sheet as PDF or SVG."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from flask import Blueprint, render_template, request
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from geo.errors import InputError, Problem
from layers.plan import Plan
from layers.query import Criteria
from layers.sheet import PAPERS, SCALES, SheetRequest, compose
from webapp import language
from webapp.answers import Body, keep, send, send_page
from webapp.params import BAD_FORM, Reader, stages
from webapp.plans import current_plan
from webapp.translating import LANGS

blueprint = Blueprint("sheet", __name__)

PARAMETERS = (
    *("paper", "orientation", "scale", "centre", "layers", "title", "labels"),
    *("stage", "years", "q"),
)
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {"pdf": "application/pdf", "svg": "image/svg+xml"}
)
#: At which field of the form a problem of the request is told.
_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "sheet-paper": "paper",
        "sheet-scale": "scale",
        "sheet-centre": "centre",
        "sheet-title": "title",
        "sheet-layer": "layers",
    }
)
_SCALE = re.compile(r"(?:1:)?(\d{1,3}(?:,?\d{3})*|\d{1,7})", re.ASCII)


class SheetReader(Reader):
    """Reads what is asked of a sheet."""

    def scale(self, name: str) -> int | None:
        """``10000``, ``10,000`` or ``1:10000``."""
        given = self._args.get(name, "").strip()
        match = _SCALE.fullmatch(given)
        if given and not match:
            self._complain(BAD_FORM, name, given, example="10000")
        return int(match[1].replace(",", "")) if match else None

    def centre(self, name: str) -> tuple[float, float] | None:
        """Longitude and latitude: ``120.30,31.68``."""
        given = self._args.get(name, "").strip()
        if not given:
            return None
        try:
            lon, lat = map(float, given.split(","))
        except ValueError:
            lon = lat = math.nan
        if math.isfinite(lon) and math.isfinite(lat):
            return lon, lat
        self._complain(BAD_FORM, name, given, example="120.30,31.68")
        return None

    def read(self, plan: Plan) -> SheetRequest:
        """The sheet that is asked for; the reader has every problem."""
        asked = SheetRequest(
            paper=self.word("paper", PAPERS) or "A3",
            landscape=self.word("orientation", ("landscape", "portrait")) != "portrait",
            scale=self.scale("scale"),
            layers=self.words("layers", [layer.id for layer in plan.layers]) or None,
            centre=self.centre("centre"),
            title=self.text("title"),
            lang=language.current(),
            criteria=self._criteria(plan),
            labels=self.word("labels", ("1", "0")) != "0",
        )
        try:
            asked.check(plan)
        except InputError as error:
            self.problems.extend(error.problems)
        return asked

    def _criteria(self, plan: Plan) -> Criteria:
        return Criteria(
            stages=self.words("stage", stages(plan)) or None,
            years=self.years("years", *plan.catalog.zone.years),
            q=self.text("q"),
        )


@blueprint.get("/sheet")
def page() -> Response:
    """The form of the printed map, with what it will look like."""
    plan, reader = current_plan(), SheetReader(request.args)
    asked = reader.read(plan)
    html = render_template(
        "sheet/index.html",
        asked=asked,
        query=_query(request.args) if not reader.problems else None,
        wrong=_by_field(reader.problems),
        problems=reader.problems,
        papers=PAPERS,
        scales=SCALES,
        drawn=None if reader.problems else _sheet_scale(plan, asked),
        given=request.args,
        here={name: request.args[name] for name in ("stage", "years", "q") if name in request.args},
        own=_query(request.args),
    )
    response = send_page(html)
    if reader.problems:
        response.status_code = 400
    return response


@blueprint.get("/sheet.<any(pdf,svg):format_id>")
def file(format_id: Literal["pdf", "svg"]) -> Response:
    """The sheet, in vectors, at the scale that it says."""
    plan, reader = current_plan(), SheetReader(request.args)
    reader.only(*PARAMETERS)
    reader.word("lang", LANGS)
    asked = reader.read(plan)
    reader.refuse()
    response = send(_kept(plan, asked, format_id))
    name = f"{plan.catalog.zone.id}-map.{format_id}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _kept(plan: Plan, asked: SheetRequest, format_id: Literal["pdf", "svg"]) -> Body:
    def make() -> Body:
        return Body.of(compose(plan, asked).write(format_id), MEDIA_TYPES[format_id])

    return keep((plan.state, "sheet", asked, format_id), make)


def _sheet_scale(plan: Plan, asked: SheetRequest) -> int:
    """The scale of the sheet, also where the program chose it."""
    make: Callable[[], int] = lambda: compose(plan, asked).scale  # noqa: E731
    return keep((plan.state, "sheet", asked, "scale"), make)


def _query(args: MultiDict[str, str]) -> dict[str, str]:
    """What was given, in one part each."""
    found = {name: ",".join(filter(None, args.getlist(name))) for name in PARAMETERS}
    if "-" not in found["years"]:
        found["years"] = "-".join(filter(None, args.getlist("years")))
    return {name: value for name, value in found.items() if value}


def _by_field(problems: list[Problem]) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        name = problem.field or _FIELDS.get(problem.kind.code, "")
        found.setdefault(name, []).append(problem)
    return found
