"""A process that makes what waits, one job after the other, and ends when none waits.

It is started by a process of the server with a slot that it holds, and a pipe: when that process
ends, however it ends, the pipe closes and the runner ends too. A job that is cancelled ends with
its runner; the next one gets another.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from geo.errors import HuituError, Problem
from webapp.jobs import record
from webapp.jobs.queue import Jobs
from webapp.jobs.record import Job, Progress, Stage, Wish
from webapp.translating import LANGS

if TYPE_CHECKING:
    from webapp.questions import Asked

#: Nothing that is asked for takes longer; a job that does is interrupted.
MOST_SECONDS = 3600
#: How often a file that is being written is looked at.
_LOOK_SECONDS = 0.5
#: Pages go first.
_NICE = 5
_log = logging.getLogger(__name__)


class Teller:
    """Tells how far a job has come; while a file is written, also how large it is by now.

    Most writers know their rows, others only their bytes: those are looked at from beside.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._progress = Progress()
        self._lock = Lock()
        self._over = Event()

    def tell(self, stage: Stage, done: int = 0, total: int = 0) -> None:
        """Tell a stage, and how many of its steps are done."""
        with self._lock:
            size_bytes = self._progress.size_bytes if stage == self._progress.stage else 0
            self._save(Progress(stage, done, total, size_bytes))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Tell the bytes that are written, as long as this lasts."""
        watch = Thread(target=self._watch, daemon=True)
        watch.start()
        try:
            yield
        finally:
            self._over.set()
            watch.join()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            size_bytes = record.written_bytes(self._folder)
            with self._lock:
                self._save(dataclasses.replace(self._progress, size_bytes=size_bytes))

    def _save(self, progress: Progress) -> None:
        self._progress = progress
        record.save_progress(self._folder, progress)


def start(jobs: Jobs) -> None:
    """Start a runner for each job that waits, as far as there are slots."""
    waiting = jobs.waiting()
    if not waiting:
        return
    for slot in jobs.slots():
        try:
            if waiting > 0:
                _spawn(jobs.data, slot)
            waiting -= 1
        finally:
            os.close(slot)


def _spawn(data: Path, slot: int) -> None:
    # Safe path: the current folder may hold anybody's ``geo`` or ``layers``.
    command = [sys.executable, "-P", "-m", __package__, str(data.absolute()), str(slot)]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=[slot]
    )
    Thread(target=_reap, args=[process], daemon=True).start()


def _reap(process: subprocess.Popen[bytes]) -> None:
    with process:
        # Not communicate(): the pipe stays open as long as the runner works.
        process.wait()


def main(data: Path, slot: int) -> None:
    """Make what waits until nothing waits any more."""
    Thread(target=_end_with_the_server, daemon=True).start()
    os.nice(_NICE)
    jobs = Jobs(data)
    while (taken := jobs.take(slot)) is not None:
        job, held = taken
        signal.alarm(MOST_SECONDS)
        jobs.finish(_ended(jobs, job))
        signal.alarm(0)
        os.close(held)


def _end_with_the_server() -> None:
    """Wait for the end of the pipe, to which nobody writes."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


def _ended(jobs: Jobs, job: Job) -> Job:
    try:
        return _made(jobs, job)
    except HuituError as error:
        return job.end("failed", problem=_told(error.problems[0]))
    except Exception as error:  # noqa: BLE001 - told to who asked, by a number that stands in the log
        from webapp.errors import UNFORESEEN

        reference = secrets.token_hex(4)
        _log.error("reference %s: job %s", reference, job.wish.file, exc_info=error)
        return job.end("failed", problem=_told(UNFORESEEN.at(reference=reference)))


def _told(problem: Problem) -> dict[str, dict[str, str]]:
    return {lang: {"message": problem.message(lang), "hint": problem.hint(lang)} for lang in LANGS}


def _made(jobs: Jobs, job: Job) -> Job:
    """Read, find or compose, and write."""
    teller = Teller(jobs.folder(job))
    teller.tell("open")
    asked = _asked(jobs.data, job.wish)
    teller.tell("compose")
    make = _find if job.wish.answers else _compose
    return make(job, asked, jobs.result(job), teller)


def _asked(data: Path, wish: Wish) -> Asked:
    from werkzeug.datastructures import MultiDict

    from layers.plan import Plan
    from webapp.questions import QuestionReader, read_question

    reader = QuestionReader(MultiDict(wish.pinned), in_address=False)
    asked = read_question(reader, Plan.open(data))
    reader.refuse()
    return asked


def _find(job: Job, asked: Asked, path: Path, teller: Teller) -> Job:
    """Find an answer, and write it down for the page that shows it."""
    from webapp import findings

    if asked.plan.state != job.wish.state:
        # A day that is not over has seen another version since.
        return job.end("interrupted")
    found = findings.find(job.wish.what, asked, partial(teller.tell, "compose"))
    teller.tell("write")
    path.write_bytes(findings.write(found))
    return job.end("done", size_bytes=path.stat().st_size)


def _compose(job: Job, asked: Asked, path: Path, teller: Teller) -> Job:
    """Write a file: the one that the address of the export would give."""
    from layers.export import format_of, write
    from webapp import downloads

    what, lang = job.wish.what, job.wish.lang
    name, content = downloads.made(what, asked, lang, partial(teller.tell, "compose"))
    chosen = format_of(job.wish.format_id)
    teller.tell("write")
    with teller.watching():
        write(chosen.id, content, path, partial(teller.tell, "write"))
    return job.end(
        "done",
        name=chosen.filename(name),
        media_type=chosen.media_type,
        size_bytes=path.stat().st_size,
    )
