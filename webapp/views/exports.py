"""Downloads: the tables, the features and the report of a question, in every format there is."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug import Response

from geo.errors import HuituError, ProblemKind
from geo.types import Text
from layers.export import Format, format_of, write
from webapp import errors, jobs, language, questionform
from webapp.answers import JSON, Body, send
from webapp.downloads import check, made
from webapp.plans import current_plan
from webapp.questions import TABLE_NAMES, Asked, read_question, strict_question

blueprint = Blueprint("exports", __name__)

PARAMETERS = (*TABLE_NAMES, "unit", "row")
AS_JOB = ProblemKind(
    "as-job",
    "error",
    Text(zh="这份文件要作为任务在后台生成", en="This file is made as a job"),
    Text(
        zh="把同样的参数和 file={file} 用 POST 发到 /jobs",
        en="POST the same parameters and file={file} to /jobs",
    ),
)


@blueprint.route("/exports/<what>.<format_id>", methods=["GET", "POST"])
def file(what: str, format_id: str) -> Response:
    """A table, the features or the report of a question as a file."""
    chosen = format_of(format_id)
    check(what, chosen)
    args = questionform.given()
    reader = strict_question(args, *PARAMETERS, in_address=request.method == "GET")
    asked = read_question(reader, current_plan())
    reader.refuse()
    if jobs.needed(what, asked):
        return _offered(f"{what}.{format_id}", asked)
    name, content = made(what, asked, language.current())
    response = send(Body.of(_written(chosen, content), chosen.media_type))
    filename = chosen.filename(name)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _offered(wanted: str, asked: Asked) -> Response:
    """Say that a file is made as a job, with the form that asks for it; a GET begins nothing."""
    error = HuituError(AS_JOB.at(file=wanted))
    if request.accept_mimetypes.best_match(["text/html", JSON], "text/html") == JSON:
        return Response(errors.body(error, language.current()), 409, mimetype=JSON)
    html = render_template("jobs/offer.html", error=error, wanted=wanted, asked=asked)
    return Response(html, 409, mimetype="text/html")


def _written(chosen: Format, content: Any) -> bytes:
    with TemporaryDirectory(prefix="huitu-") as folder:
        path = Path(folder) / chosen.filename("export")
        write(chosen.id, content, path)
        return path.read_bytes()
