"""Jobs: asked for with the parameters of a download, looked at, cancelled, and fetched."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from werkzeug import Response

from geo.errors import NotFound
from geo.types import Text
from layers.export import format_of
from webapp import jobs, language, questionform
from webapp.answers import JSON, send_json, send_page
from webapp.downloads import FEATURES, check
from webapp.jobs import Job, Wish
from webapp.plans import current_plan
from webapp.questions import Asked, read_question, strict_question
from webapp.views.exports import PARAMETERS

blueprint = Blueprint("jobs", __name__)
_FILE = Text(zh="文件", en="file")


@blueprint.route("/jobs", methods=["GET", "POST"])
def ask() -> Response:
    """Ask for a file (``file=report.pdf``) of a question; leads to the page of its job."""
    if request.method == "GET":
        return redirect(url_for("statistics.page"), 303)
    args = questionform.given()
    reader = strict_question(args, *PARAMETERS, "file", in_address=False)
    what, _, format_id = reader.text("file").partition(".")
    check(what, format_of(format_id))
    asked = read_question(reader, current_plan())
    reader.refuse()
    found = jobs.jobs()
    job = found.ask(_wish(what, format_id, asked), _asker())
    jobs.wake(found)
    return redirect(url_for("jobs.page", job_id=job.id), 303)


def _wish(what: str, format_id: str, asked: Asked) -> Wish:
    """What is asked for, on the versions that are now: a later one does not slip in."""
    asked = asked if what == FEATURES else replace(asked, row="")
    pinned = asked.query() if asked.as_of else asked.pinned(asked.plan.versions)
    lang = language.current()
    return Wish(what, format_id, lang, asked.plan.state, asked.query(), pinned)


def _asker() -> str:
    """The address that asks, as a hash: kept only until its job has ended."""
    return hashlib.sha256((request.remote_addr or "").encode()).hexdigest()[:16]


@blueprint.route("/jobs/<job_id>")
def page(job_id: str) -> Response:
    """How far a job is, and its file when it is done; JSON for a program that asks for it."""
    found = jobs.jobs()
    job = found.look(job_id)
    if job.state == "waiting":
        jobs.wake(found)
    if _for_program():
        response = send_json(_told(job))
    else:
        response = send_page(render_template("jobs/page.html", job=job, **_words(job)))
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
    if job.state != "done":
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


def _words(job: Job) -> dict[str, Any]:
    found, progress = jobs.jobs(), jobs.jobs().progress(job)
    return {
        "wanted": format_of(job.wish.format_id),
        "ahead": found.ahead(job),
        "progress": progress,
        "size": _size(job.size_bytes),
        "kept_until": found.kept_until(job),
        "problem": job.problem.get(language.current(), {}),
        "again": dict(job.wish.question),
    }


def _size(size_bytes: int) -> str:
    """A size for people: ``84 kB``, ``1.2 MB``."""
    if size_bytes < 1_000_000:
        return f"{max(round(size_bytes / 1000), 1)} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def _told(job: Job) -> dict[str, Any]:
    """A job for programs."""
    done, progress = job.state == "done", jobs.jobs().progress(job)
    made = {
        "name": job.name,
        "size_bytes": job.size_bytes,
        "href": url_for("jobs.file", job_id=job.id),
        "kept_until": jobs.jobs().kept_until(job).isoformat(),
    }
    return {
        "id": job.id,
        "file": job.wish.file,
        "state": job.state,
        "ahead": 0 if job.ended else jobs.jobs().ahead(job),
        "stage": progress.stage if job.state == "running" else None,
        "percent": 100 if done else progress.percent if job.state == "running" else 0,
        "result": made if done else None,
        "problem": job.problem.get(language.current()),
    }
