"""The order of jobs, kept in the ``jobs`` folder of a deployment for all its processes.

A job that waits is taken by a process of its own (:mod:`webapp.jobs.runner`), of which there are
never more than there are slots. Records change only under one lock; whether a job still runs is
told by a lock that its process holds, so that a crash is never taken for work.
"""

from __future__ import annotations

import dataclasses
import fcntl
import os
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from geo.errors import HuituError, NotFound, ProblemKind
from geo.types import Text
from webapp import locks
from webapp.jobs import record
from webapp.jobs.record import Job, Progress, Wish

FOLDER = "jobs"
#: Jobs that may lie on disk, ended ones among them; the oldest that have ended go first.
MOST_KEPT = 200
#: Jobs that may wait, whoever asked for them.
MOST_WAITING = 50
_WHAT = Text(zh="任务", en="job")

TOO_MANY = ProblemKind(
    "jobs-waiting",
    "error",
    Text(
        zh="已有 {count} 个任务在等待，暂不接受更多",
        en="{count} jobs are waiting already, and no more is taken now",
    ),
    Text(zh="等其中一个完成或取消后再试", en="Try again when one of them is done or cancelled"),
)
KINDS = (TOO_MANY,)


class TooManyWaiting(HuituError):  # noqa: N818 - the name says it
    """More is asked for than may wait."""


@dataclass(frozen=True)
class Limits:
    """How many jobs run at once, how many of one asker may wait, how long a result is kept."""

    slots: int = 2
    waiting: int = 3
    keep: timedelta = timedelta(hours=24)


class Jobs:
    """The jobs of a deployment.

    Parameters
    ----------
    data
        The data folder; ``jobs`` in it is made when the first job is asked for.
    limits
        See :class:`Limits`.
    """

    def __init__(self, data: Path, limits: Limits | None = None) -> None:
        self.data = data
        self.limits = limits or Limits()
        self._folder = data / FOLDER

    # ------------------------------------------------------------ asked for

    def ask(self, wish: Wish, asker: str) -> Job:
        """Put a wish into the order; the job that has made the same already, where there is one.

        Raises
        ------
        TooManyWaiting
            This asker, or all together, have as many waiting as may wait.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with self._alone():
            self._sweep()
            known = self._all()
            if (same := self._same(known, wish, asker)) is not None:
                return same
            self._refuse_more(known, asker)
            number = max((job.number for job in known), default=0) + 1
            now = datetime.now(UTC)
            job = Job(secrets.token_hex(16), number, wish, wish.key, asker, now)
            self.folder(job).mkdir(mode=0o700)
            record.save(self.folder(job), job)
        return job

    def known(self, wish: Wish, asker: str) -> Job | None:
        """What is known of a wish: its result, this asker's job for it, or how the last one ended.

        A wish that has failed or was cancelled is not taken up again by looking.
        """
        known = self._all()
        if (same := self._same(known, wish, asker)) is not None:
            return same
        given_up = [job for job in known if job.key == wish.key and job.ended and not job.made]
        return max(given_up, key=lambda job: job.number, default=None)

    def look(self, job_id: str) -> Job:
        """The job of an id, as it stands now.

        Raises
        ------
        NotFound
            There is none, or it was swept.
        """
        folder = self._folder / job_id
        job = record.read(folder) if record.ID.fullmatch(job_id) else None
        if job is None:
            raise NotFound(_WHAT, job_id)
        return self._true(job)

    def ahead(self, job: Job) -> int:
        """How many jobs that have not ended were asked for before it."""
        return sum(other.number < job.number and not other.ended for other in self._all())

    def progress(self, job: Job) -> Progress:
        """How far it has come."""
        return record.read_progress(self.folder(job))

    def result(self, job: Job) -> Path:
        """The file of a job that is done."""
        return self.folder(job) / record.RESULT

    def folder(self, job: Job) -> Path:
        """Where a job lies."""
        return self._folder / job.id

    def kept_until(self, job: Job) -> datetime:
        """When an ended job is swept, at the earliest."""
        return (job.ended_at or datetime.now(UTC)) + self.limits.keep

    def cancel(self, job_id: str) -> Job:
        """Stop a job: its process is ended, and what it had made is taken away.

        A job that has ended stays as it is.
        """
        self.look(job_id)
        with self._alone():
            job = self.look(job_id)
            if job.ended:
                return job
            cancelled = job.end("cancelled")
            if job.state == "running":
                self._kill(job)
            record.save(self.folder(job), cancelled)
            self._clear(cancelled)
        return cancelled

    def _kill(self, job: Job) -> None:
        """End a job's process and wait until the kernel has taken its lock back."""
        with suppress(ProcessLookupError):
            os.kill(job.pid, signal.SIGKILL)
        with locks.alone(self.folder(job) / record.LOCK):
            pass

    def _clear(self, job: Job) -> None:
        """Take away everything of a job but its record."""
        for path in self.folder(job).iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name not in {record.RECORD, record.LOCK}:
                path.unlink(missing_ok=True)

    # ------------------------------------------------------------ taken

    def slots(self) -> Iterator[int]:
        """Free slots, taken one by one; each is the descriptor of a lock, the caller's to close."""
        for number in range(self.limits.slots):
            found = locks.seize(self._folder / f"slot-{number}.lock")
            if found is not None:
                yield found

    def waiting(self) -> int:
        """How many jobs wait."""
        return sum(job.state == "waiting" for job in self._all())

    def take(self, slot: int) -> tuple[Job, int] | None:
        """The next job, now running in this process, with the lock that says so.

        When none waits the slot is given back under the same lock under which jobs are asked for:
        a job that comes later finds it free.
        """
        with self._alone():
            waiting = [job for job in self._all() if job.state == "waiting"]
            if not waiting:
                fcntl.flock(slot, fcntl.LOCK_UN)
                return None
            first = min(waiting, key=lambda job: job.number)
            held = locks.opened(self.folder(first) / record.LOCK)
            fcntl.flock(held, fcntl.LOCK_EX)
            job = dataclasses.replace(first, state="running", pid=os.getpid())
            record.save(self.folder(job), job)
            return job, held

    def finish(self, ended: Job) -> None:
        """Write how a job that ran has ended."""
        with self._alone():
            record.save(self.folder(ended), ended)

    # ------------------------------------------------------------ kept

    def _alone(self) -> AbstractContextManager[None]:
        return locks.alone(self._folder / "lock")

    def _all(self) -> list[Job]:
        if not self._folder.is_dir():
            return []
        found = (
            record.read(one) for one in self._folder.iterdir() if record.ID.fullmatch(one.name)
        )
        return [self._true(job) for job in found if job is not None]

    def _true(self, job: Job) -> Job:
        """A job whose process has died is interrupted, whatever its record says."""
        if job.state != "running" or locks.held(self.folder(job) / record.LOCK):
            return job
        again = record.read(self.folder(job)) or job
        if again.state != "running":
            return again
        return dataclasses.replace(again.end("interrupted"), ended_at=again.asked_at)

    def _same(self, known: list[Job], wish: Wish, asker: str) -> Job | None:
        """A result of the same wish, or the same wish of the same asker that has not ended."""
        for job in known:
            made = job.made and self.result(job).is_file()
            if job.key == wish.key and (made or (not job.ended and job.asker == asker)):
                return job
        return None

    def _refuse_more(self, known: list[Job], asker: str) -> None:
        waiting = [job for job in known if job.state == "waiting"]
        own = sum(job.asker == asker for job in waiting)
        if own >= self.limits.waiting or len(waiting) >= MOST_WAITING:
            raise TooManyWaiting(TOO_MANY.at(count=own or len(waiting)))

    def _sweep(self) -> None:
        """Take away what has waited long enough, and the oldest of too many."""
        ended = sorted((job for job in self._all() if job.ended), key=lambda job: job.number)
        surplus = max(len(ended) - MOST_KEPT, 0)
        now = datetime.now(UTC)
        for number, job in enumerate(ended):
            last = job.ended_at or job.asked_at
            if number < surplus or last + self.limits.keep < now:
                shutil.rmtree(self.folder(job), ignore_errors=True)
