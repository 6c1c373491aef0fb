"""Jobs: what takes longer than a page may is made by a process of its own, and waits when done.

``jobs().ask(wish, asker)`` puts a wish into the order, :func:`wake` starts a process for it;
:func:`found` does both for an answer that is large.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from flask import Flask, current_app, request

from layers.export import DEFAULT_UNIT
from layers.statistics import Question
from webapp import findings, language
from webapp.downloads import FEATURES, REPORT, size_of
from webapp.findings import ROW, Found
from webapp.jobs import runner
from webapp.jobs.queue import Jobs, Limits, TooManyWaiting
from webapp.jobs.record import ANSWER, BEGINS, Job, Progress, Wish
from webapp.questions import Asked
from webapp.settings import Settings

__all__ = ["ANSWER", "BEGINS", "Job", "Jobs", "Limits", "Progress", "TooManyWaiting", "Wish"]
_KEY = "huitu.jobs"


class Unfinished(Exception):  # noqa: N818 - the name says it
    """An answer is not there yet: its job tells how far it is, or how it has ended."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.id)
        self.job = job


def install(app: Flask, settings: Settings) -> None:
    """Give the application its jobs."""
    keep = timedelta(hours=settings.job_hours)
    limits = Limits(settings.job_processes, settings.job_waiting, keep)
    app.extensions[_KEY] = Jobs(settings.data, limits)
    app.config["HUITU_JOB_FEATURES"] = settings.job_features
    app.jinja_env.globals["needs_job"] = needed


def jobs() -> Jobs:
    """The jobs of this request's deployment."""
    found: Jobs = current_app.extensions[_KEY]
    return found


def most_features() -> int:
    """So many features are answered at once; more are a job."""
    most: int = current_app.config["HUITU_JOB_FEATURES"]
    return most


def needed(what: str, asked: Asked) -> bool:
    """Whether a download is made as a job: a report always, other things above a size."""
    return what == REPORT or size_of(asked) > most_features()


def wake(found: Jobs) -> None:
    """Let what waits be taken."""
    runner.start(found)


def resume(app: Flask) -> None:
    """Take up what waited when the server was stopped."""
    wake(app.extensions[_KEY])


def wish_of(what: str, format_id: str, asked: Asked) -> Wish:
    """What is asked for, on the versions that are now: a later one does not slip in."""
    exact = asked if what in {FEATURES, ROW} else replace(asked, row="")
    lang: str = language.current()
    if format_id == ANSWER:
        exact, lang = _bare(what, exact), ""
    pinned = exact.query() if asked.as_of else exact.pinned(asked.plan.versions)
    return Wish(what, format_id, lang, asked.plan.state, asked.query(), pinned)


def _bare(what: str, asked: Asked) -> Asked:
    """What an answer depends on: it is in metres, and only a table has groups."""
    grouped = what in {findings.TABLE, ROW}
    question = asked.question if grouped else replace(asked.question, group=Question().group)
    return replace(asked, question=question, unit=DEFAULT_UNIT)


def asker() -> str:
    """The address that asks, as a hash: kept only until its job has ended."""
    return hashlib.sha256((request.remote_addr or "").encode()).hexdigest()[:16]


def found(name: str, asked: Asked) -> Found:
    """What is found for a question: at once, or by a job above a size.

    Raises
    ------
    Unfinished
        The job is not done; the same question gives its answer later.
    TooManyWaiting
        A job was needed, and as many wait as may wait.
    """
    if findings.size_of(name, asked) <= most_features():
        return findings.find(name, asked)
    known, wish = jobs(), wish_of(name, ANSWER, asked)
    job = known.known(wish, asker()) or known.ask(wish, asker())
    if not job.made:
        wake(known)
        raise Unfinished(job)
    return findings.read(name, asked, known.result(job).read_bytes())
