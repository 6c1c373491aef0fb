"""Downloads: the tables, the features and the report of a question, in every format there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, request
from werkzeug import Response

from geo.errors import NotFound
from geo.types import Text
from layers.export import Format, features, format_of, write
from layers.export.figures import names, tables
from layers.query import Criteria
from layers.statistics import table
from webapp import language, questionform
from webapp.answers import Body, send
from webapp.plans import current_plan
from webapp.questions import TABLE_NAMES, Asked, find_row, read_question, strict_question

blueprint = Blueprint("exports", __name__)

#: What can be taken beside the tables.
FEATURES, REPORT = "features", "report"
PARAMETERS = (*TABLE_NAMES, "unit", "row")
_WHAT = Text(zh="下载内容", en="download")


@blueprint.route("/exports/<what>.<format_id>", methods=["GET", "POST"])
def file(what: str, format_id: str) -> Response:
    """A table, the features or the report of a question as a file."""
    chosen = format_of(format_id)
    args = questionform.given()
    reader = strict_question(args, *PARAMETERS, in_address=request.method == "GET")
    asked = read_question(reader, current_plan())
    reader.refuse()
    name, content = _content(what, asked, language.current())
    response = send(Body.of(_written(chosen, content), chosen.media_type))
    filename = chosen.filename(name)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _content(what: str, asked: Asked, lang: str) -> tuple[str, Any]:
    """What is to be written, and what its file is called."""
    plan, question = asked.plan, asked.question
    if what in names():
        made = tables(what, plan, question, unit=asked.unit, lang=lang)
        return made.name, made
    if what == FEATURES:
        found = features(plan, criteria=_chosen(asked), lang=lang)
        return found.name, found
    if what == REPORT:
        from layers.reporting import compose

        return f"{plan.catalog.zone.id}-{REPORT}", compose(plan, question, lang)
    raise NotFound(_WHAT, what)


def _chosen(asked: Asked) -> Criteria:
    """The projects that the question counts, or one of its rows."""
    question = asked.question
    found = table(asked.plan, question if asked.row else replace(question, group=()))
    row = find_row(found, asked.row) if asked.row else found.total
    return Criteria(layers=question.criteria.layers, ids=row.ids)


def _written(chosen: Format, content: Any) -> bytes:
    with TemporaryDirectory(prefix="huitu-") as folder:
        path = Path(folder) / chosen.filename("export")
        write(chosen.id, content, path)
        return path.read_bytes()
