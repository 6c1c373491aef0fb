"""Jobs: what takes longer than a page may is made by a process of its own, and waits when done.

``jobs().ask(wish, asker)`` puts a wish into the order, :func:`wake` starts a process for it.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, current_app

from webapp.downloads import REPORT, size_of
from webapp.jobs import runner
from webapp.jobs.queue import Jobs, Limits, TooManyWaiting
from webapp.jobs.record import BEGINS, Job, Progress, Wish
from webapp.questions import Asked
from webapp.settings import Settings

__all__ = ["BEGINS", "Job", "Jobs", "Limits", "Progress", "TooManyWaiting", "Wish"]
_KEY = "huitu.jobs"


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
