"""Statistics: the table, its overlaps, what is stated against what is drawn, and analyses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from geo.errors import HuituError, NotFound, ProblemKind
from geo.types import Text
from layers.export import for_kind
from layers.statistics import (
    ANALYSES,
    Analysis,
    Answer,
    Overlaps,
    Provenance,
    Row,
    StatedTable,
    Table,
)
from layers.statistics.answers import Column
from webapp import errors, jobs, language, questionform
from webapp.answers import GEOJSON, JSON, Body, keep, send, send_json, send_page
from webapp.figures import Figures, Listed, charts, columns, label, told, years_chart
from webapp.findings import ROW, TABLE, Found
from webapp.jobs import Job
from webapp.plans import current_plan
from webapp.questions import (
    QUESTION_NAMES,
    TABLE_NAMES,
    TOTAL_ROW,
    Asked,
    QuestionReader,
    find_row,
    read_question,
    slug,
    strict_question,
)
from webapp.views import jobs as view_of_jobs

blueprint = Blueprint("statistics", __name__)
_BOTH = ["GET", "POST"]
_ANALYSIS = Text(zh="分析", en="analysis")
GIVEN_UP = ProblemKind(
    "job-given-up",
    "error",
    Text(
        zh="这个问题的任务没有完成（{state}），见 Location 所指的任务",
        en="The job of this question has not been done ({state}): see the job that Location names",
    ),
    Text(
        zh="把同样的参数和 file={file} 用 POST 发到 /jobs，再做一次",
        en="POST the same parameters and file={file} to /jobs to try again",
    ),
)
KINDS = (GIVEN_UP,)


# ---------------------------------------------------------------- pages


@blueprint.route("/statistics", methods=_BOTH)
def page() -> Response:
    """The table with its charts and its map."""
    return _page("statistics/index.html", _table_words)


@blueprint.route("/statistics/overlaps", methods=_BOTH)
def overlaps_page() -> Response:
    """Which projects share ground, pair by pair and layer by layer."""
    return _page("statistics/overlaps.html", _overlaps_words)


@blueprint.route("/statistics/stated", methods=_BOTH)
def stated_page() -> Response:
    """What the plan states beside what is drawn."""
    return _page("statistics/stated.html", _stated_words)


@blueprint.route("/statistics/analyses/<analysis>", methods=_BOTH)
def analysis_page(analysis: str) -> Response:
    """One of the analyses that planners ask for."""
    chosen = _chosen(analysis)
    return _page(
        "statistics/analysis.html",
        lambda asked: _analysis_words(chosen, asked),
        analysis=chosen,
    )


def _chosen(analysis: str) -> Analysis:
    if analysis not in ANALYSES:
        raise NotFound(_ANALYSIS, analysis)
    return ANALYSES[analysis]


def _analysis_words(analysis: Analysis, asked: Asked) -> dict[str, Any]:
    found, projects = _analysis(analysis.id, asked), asked.plan.register
    ids = [str(one) for one in found.features["id"] if one in projects]
    return {
        "found": found,
        "listed": Listed.first(found.rows),
        "shown_columns": _shown(found),
        "project_ids": projects,
        "map_query": questionform.map_query(asked, tuple(dict.fromkeys(ids))),
        "shapes": url_for(
            "statistics.analysis_geojson", analysis=analysis.id, **_of_question(asked)
        ),
    }


def _shown(found: Answer) -> tuple[Column, ...]:
    """The columns that say something; the id of a layer is left out beside its title."""
    ids = {column.id for column in found.columns}
    twice = {"layer"} if "title" in ids else set()
    return tuple(
        column
        for column in found.columns
        if column.id not in twice and any(row[column.id] is not None for row in found.rows)
    )


def _overlaps_words(asked: Asked) -> dict[str, Any]:
    found = _overlaps(asked)
    matrix = {(cell.left, cell.right): cell for cell in found.matrix}
    return {
        "found": found,
        "listed": Listed.first(found.pairs),
        "matrix": matrix | {(b, a): cell for (a, b), cell in matrix.items()},
    }


def _stated_words(asked: Asked) -> dict[str, Any]:
    found = _stated(asked)
    return {"found": found, "listed": Listed.first(found.rows)}


def _of_question(asked: Asked) -> dict[str, Any]:
    return {name: value for name, value in asked.query().items() if name in QUESTION_NAMES}


def _page(template: str, answer: Callable[[Asked], Mapping[str, Any]], **words: Any) -> Response:
    """A page of figures; one whose question cannot be read shows the form and no figure."""
    args = questionform.given()
    reader = QuestionReader(args, in_address=request.method == "GET")
    asked = read_question(reader, current_plan())
    if not reader.problems and questionform.wants_address(args, asked):
        return redirect(_address(asked), 303)
    shown, job = _answered(answer, asked) if not reader.problems else ({}, None)
    if job is not None and asked.too_long:
        return redirect(url_for("jobs.page", job_id=job.id), 303)
    html = render_template(
        template,
        asked=asked,
        form=questionform.Form(asked, args, tuple(reader.problems)),
        show=Figures(asked.unit, language.current()),
        analyses=ANALYSES,
        formats=for_kind,
        current_ids=current_plan().register,
        map_versions=questionform.map_versions(asked),
        progress_of=view_of_jobs.words(job) if job else None,
        **words,
        **shown,
    )
    response = send_page(html)
    if reader.problems:
        return _passing(response, 400)
    return response if job is None else _passing(response, _status(job))


def _answered(
    answer: Callable[[Asked], Mapping[str, Any]], asked: Asked
) -> tuple[Mapping[str, Any], Job | None]:
    """What a page shows: its answer, or else the job that is to find it."""
    try:
        return answer(asked), None
    except jobs.Unfinished as unfinished:
        return {}, unfinished.job


def _status(job: Job) -> int:
    """Accepted, as long as the answer will come by itself."""
    return 409 if job.ended else 202


def _passing(response: Response, status: int) -> Response:
    """An answer that is true for this moment only."""
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(jobs.Unfinished)
def unfinished(error: jobs.Unfinished) -> Response:
    """Tell a program which job finds its answer; the same request gives it when that is done."""
    response = _given_up(error.job) if error.job.ended else _under_way(error.job)
    response.headers["Location"] = url_for("jobs.page", job_id=error.job.id)
    return response


def _under_way(job: Job) -> Response:
    response = _passing(send_json(view_of_jobs.told(job)), 202)
    response.headers["Retry-After"] = "1"
    return response


def _given_up(job: Job) -> Response:
    error = HuituError(GIVEN_UP.at(state=job.state, file=job.wish.file))
    return _passing(Response(errors.body(error, language.current()), mimetype=JSON), 409)


def _address(asked: Asked) -> str:
    """The one address of what a form has sent in many parts."""
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **asked.query()})


def _table_words(asked: Asked) -> dict[str, Any]:
    lang = language.current()
    found, show = _table(asked), Figures(asked.unit, lang)
    row = find_row(found, asked.row) if asked.row else None
    return {
        "found": found,
        "columns": columns(found),
        "charts": charts(found, show, questionform.colours(asked.plan)),
        "by_year": years_chart(_found(asked, TABLE)["years"], show),
        "opened": _opened(asked, found, row) if row else None,
        "map_query": questionform.map_query(asked, (row or found.total).ids),
        "slug": slug,
        "told": told,
        "label": lambda one: label(one, lang),
        "inner": lambda one: label(one, lang, after=1 if len(one.key) > 1 else 0),
    }


def _opened(asked: Asked, found: Table, row: Row) -> dict[str, Any]:
    """Everything behind one row: its features and their rows, its pairs, and where it is from."""
    behind = _found(asked, ROW)
    origin: Provenance = behind["origin"]
    features = Listed.first(origin.contributions)
    pinned: dict[str, Any] = replace(asked, row=slug(row)).pinned(origin.versions)
    return {
        "row": row,
        "origin": origin,
        "origins": [one for one in origin.origins if one.layer in _versions(asked, found, row)],
        "features": features,
        "pairs": Listed.first(behind["pairs"].pairs),
        "rows_of": _rows_of(found, {part.id for part in features.shown}),
        "address": "" if asked.too_long else url_for("statistics.page", _external=True, **pinned),
        "json": url_for("statistics.origin", **pinned),
    }


def _rows_of(found: Table, ids: Set[str]) -> dict[str, list[Row]]:
    """The rows in which each of these projects stands."""
    rows: dict[str, list[Row]] = {project: [] for project in ids}
    for other in found.rows:
        for project in rows.keys() & set(other.ids):
            rows[project].append(other)
    return rows


# ---------------------------------------------------------------- for programs


@blueprint.route("/statistics.json", methods=_BOTH)
def table_json() -> Response:
    """Counts, lengths and areas, grouped; always in metres and square metres."""
    asked = _asked(*TABLE_NAMES, "unit")
    found = _table(asked)
    value = {
        **found.to_dict(),
        "rows": [_row(asked, found, row) for row in found.rows],
        "total": _row(asked, found, found.total),
    }
    return send_json(value)


@blueprint.route("/statistics/overlaps.json", methods=_BOTH)
def overlaps_json() -> Response:
    """The pairs of projects that share ground, and what each two layers share."""
    return send_json(_overlaps(_asked(*QUESTION_NAMES)).to_dict())


@blueprint.route("/statistics/stated.json", methods=_BOTH)
def stated_json() -> Response:
    """Stated figures beside drawn ones, kinds of area apart."""
    return send_json(_stated(_asked(*QUESTION_NAMES)).to_dict())


@blueprint.route("/statistics/analyses/<analysis>.json", methods=_BOTH)
def analysis_json(analysis: str) -> Response:
    """The rows of an analysis."""
    return send_json(_analysis(analysis, _asked(*QUESTION_NAMES)).to_dict())


@blueprint.route("/statistics/analyses/<analysis>.geojson", methods=_BOTH)
def analysis_geojson(analysis: str) -> Response:
    """The shapes of an analysis, for a map."""
    found = _analysis(analysis, _asked(*QUESTION_NAMES))
    return send(Body.of(found.geojson(), GEOJSON))


@blueprint.route("/statistics/provenance.json", methods=_BOTH)
def origin() -> Response:
    """Where the figures of a row come from; of the total when no row is named."""
    asked = _asked(*TABLE_NAMES, "row")
    row = find_row(_table(asked), asked.row or TOTAL_ROW)
    behind: Provenance = _found(replace(asked, row=slug(row)), ROW)["origin"]
    return send_json(behind.to_dict())


def _asked(*names: str) -> Asked:
    args = questionform.given()
    reader = strict_question(args, *names, in_address=request.method == "GET")
    asked = read_question(reader, current_plan())
    reader.refuse()
    return asked


def _row(asked: Asked, found: Table, row: Row) -> dict[str, Any]:
    """A row with its stated figures by kind, and the versions that it rests on."""
    told_row = row.to_dict()
    known = told_row.pop("stated")
    return {
        **told_row,
        "row": slug(row),
        "stated_land_m2": known["land"],
        "stated_floor_m2": known["floor"],
        "stated_count": known["count"],
        "versions": _versions(asked, found, row),
    }


def _versions(asked: Asked, found: Table, row: Row) -> dict[str, str]:
    """The versions that a row rests on: its projects' layers, districts and stations."""
    layers = {asked.plan.project(project).layer for project in row.ids}
    others = set(found.versions) - set(asked.plan.project_layer_ids)
    return {layer: one for layer, one in found.versions.items() if layer in layers | others}


# ---------------------------------------------------------------- found once


def _table(asked: Asked) -> Table:
    found: Table = _found(asked, TABLE)["table"]
    return found


def _overlaps(asked: Asked) -> Overlaps:
    found: Overlaps = _found(asked, "overlaps")["overlaps"]
    return found


def _stated(asked: Asked) -> StatedTable:
    found: StatedTable = _found(asked, "stated")["stated"]
    return found


def _analysis(analysis: str, asked: Asked) -> Answer:
    name = _chosen(analysis).id
    found: Answer = _found(asked, name)[name]
    return found


def _found(asked: Asked, name: str) -> Found:
    """What is found for a question; kept, for a state of the plan never changes.

    Raises
    ------
    Unfinished
        The question is large, and its job is not done.
    """
    row = asked.row if name == ROW else ""
    key = (asked.plan.state, "statistics", name, asked.question, row)
    return keep(key, lambda: jobs.found(name, asked))
