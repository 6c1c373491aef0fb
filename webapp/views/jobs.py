"""Jobs: asked for with the parameters of a download, looked at, cancelled, and fetched."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from werkzeug import Response

from geo.errors import NotFound
from geo.types import Text
from layers.export import format_of
from webapp import downloads, findings, jobs, language, questionform
from webapp.answers import JSON, send_json, send_page
from webapp.jobs import ANSWER, Job
from webapp.plans import current_plan
from webapp.questions import (
    QUESTION_NAMES,
    TABLE_NAMES,
    fits_address,
    read_question,
    strict_question,
)
from webapp.views.exports import PARAMETERS

blueprint = Blueprint("jobs", __name__)
_FILE = Text(zh="文件", en="file")


@blueprint.route("/jobs", methods=["GET", "POST"])
def ask() -> Response:
    """Ask for a file (``file=report.pdf``) of a question; leads to its job.

    An answer (``file=table.answer``) is shown at the address of its question, and so is its job.
    """
    if request.method == "GET":
        return redirect(url_for("statistics.page"), 303)
    args = questionform.given()
    reader = strict_question(args, *PARAMETERS, "file", in_address=False)
    what, _, format_id = reader.text("file").partition(".")
    _check(what, format_id)
    asked = read_question(reader, current_plan())
    reader.refuse()
    found = jobs.jobs()
    job = found.ask(jobs.wish_of(what, format_id, asked), jobs.asker())
    jobs.wake(found)
    shown = job.wish.answers and not (asked.too_long or _for_program())
    address = _shown_at(job, asked.query()) if shown else url_for("jobs.page", job_id=job.id)
    return redirect(address, 303)


def _check(what: str, format_id: str) -> None:
    if format_id == ANSWER:
        findings.check(what)
    else:
        downloads.check(what, format_of(format_id))


@blueprint.route("/jobs/<job_id>")
def page(job_id: str) -> Response:
    """How far a job is, and its file when it is done; JSON for a program that asks for it."""
    found = jobs.jobs()
    job = found.look(job_id)
    if job.state == "waiting":
        jobs.wake(found)
    if _for_program():
        response = send_json(told(job))
    else:
        response = send_page(render_template("jobs/page.html", **words(job)))
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


@blueprint.route("/jobs/<job_id>/cancel", methods=["GET", "POST"])
def cancel(job_id: str) -> Response:
    """Stop a job; what it had made so far is taken away."""
    if request.method == "POST":
        found = jobs.jobs()
        found.cancel(job_id)
        jobs.wake(found)
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@blueprint.route("/jobs/<job_id>/file")
def file(job_id: str) -> Response:
    """The file that a job has made."""
    job = jobs.jobs().look(job_id)
    if not job.made or job.wish.answers:
        raise NotFound(_FILE, job.wish.file)
    response = send_file(
        jobs.jobs().result(job).absolute(),
        mimetype=job.media_type,
        as_attachment=True,
        download_name=job.name,
        etag=job.key,
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _for_program() -> bool:
    return request.accept_mimetypes.best_match(["text/html", JSON], "text/html") == JSON


def words(job: Job) -> dict[str, Any]:
    """What the page of a job says, and the page of the question that it answers."""
    found, progress = jobs.jobs(), jobs.jobs().progress(job)
    return {
        "job": job,
        "wanted": None if job.wish.answers else format_of(job.wish.format_id),
        "ahead": found.ahead(job),
        "progress": progress,
        "size": _size(job.size_bytes),
        "written": _size(progress.size_bytes),
        "kept_until": found.kept_until(job),
        "problem": job.problem.get(language.current(), {}),
        "again": dict(job.wish.question),
        "shown_at": _shown_at(job, {}),
    }


#: Where a finding is shown to people and told to programs, and what a program may ask there.
_ANSWERED: Mapping[str, tuple[str, str, tuple[str, ...]]] = MappingProxyType(
    {
        findings.TABLE: ("page", "table_json", TABLE_NAMES),
        findings.ROW: ("page", "origin", (*TABLE_NAMES, "row")),
        "overlaps": ("overlaps_page", "overlaps_json", QUESTION_NAMES),
        "stated": ("stated_page", "stated_json", QUESTION_NAMES),
    }
)
_ANALYSIS = ("analysis_page", "analysis_json", QUESTION_NAMES)


def _shown_at(job: Job, query: Mapping[str, str]) -> str:
    """The page of the question of an answer; of a file, the page where it was asked for."""
    what = job.wish.what if job.wish.answers else findings.TABLE
    page, _, _ = _ANSWERED.get(what, _ANALYSIS)
    values: dict[str, Any] = {**query} if what in _ANSWERED else {**query, "analysis": what}
    return url_for(f"statistics.{page}", **values)


def _told_at(job: Job) -> str:
    """The address of an answer for programs; without its question where that is too long."""
    what = job.wish.what
    _, endpoint, names = _ANSWERED.get(what, _ANALYSIS)
    question = job.wish.question
    fits = fits_address(question.get("boundary", ""))
    query = {name: question[name] for name in names if name in question} if fits else {}
    values: dict[str, Any] = {**query} if what in _ANSWERED else {**query, "analysis": what}
    return url_for(f"statistics.{endpoint}", **values)


def _size(size_bytes: int) -> str:
    """A size for people: ``84 kB``, ``1.2 MB``."""
    if size_bytes < 1_000_000:
        return f"{max(round(size_bytes / 1000), 1)} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def told(job: Job) -> dict[str, Any]:
    """A job for programs."""
    progress, running = jobs.jobs().progress(job), job.state == "running"
    return {
        "id": job.id,
        "href": url_for("jobs.page", job_id=job.id),
        "file": job.wish.file,
        "state": job.state,
        "ahead": 0 if job.ended else jobs.jobs().ahead(job),
        "stage": progress.stage if running else None,
        "written_bytes": progress.size_bytes if running else None,
        "percent": 100 if job.made else progress.percent if running else 0,
        "result": _result(job) if job.made else None,
        "problem": job.problem.get(language.current()),
    }


def _result(job: Job) -> dict[str, Any]:
    """What a job has made: a file, or an answer at the address where it was asked."""
    made = {
        "size_bytes": job.size_bytes,
        "kept_until": jobs.jobs().kept_until(job).isoformat(),
    }
    if job.wish.answers:
        return {**made, "href": _told_at(job)}
    return {**made, "name": job.name, "href": url_for("jobs.file", job_id=job.id)}
