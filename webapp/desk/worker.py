"""The long work of an import, in a process of its own: looking, preparing, publishing.

One works at a time in a deployment, the others wait; whether one still works is told by a lock
that its process holds. The file itself is read by yet another process that can do nothing else
(:mod:`geo.files.confined`).
"""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from threading import Thread

from geo.durable import is_full
from geo.errors import HuituError, InputError, Problem, ProblemKind
from geo.types import Text
from layers.ingest import STAGES, Stage
from webapp import locks
from webapp.database import FULL, Database, of
from webapp.desk import imports, preparing
from webapp.desk.folder import IMPORTS, Folder, Task, Work
from webapp.settings import Settings
from webapp.translating import LANGS

_NICE = 5
_PREPARED, _PUBLISHED = ("report", "difference"), 97
_log = logging.getLogger(__name__)

UNFORESEEN = ProblemKind(
    "import-unforeseen",
    "error",
    Text(zh="出了意外，没有完成；什么也没有发布", en="Something unforeseen; nothing was published"),
    Text(zh="请把编号 {reference} 告诉网站管理员", en="Tell the administrator {reference}"),
)


def start(settings: Settings, import_id: str, work: Work, **wanted: str) -> None:
    """Begin work on an import; what went on is ended first."""
    folder = Folder(settings.data, import_id)
    folder.stop()
    folder.tell(Task(work, wanted))
    _spawn(settings, import_id)


def resume(settings: Settings, import_id: str) -> None:
    """Begin again what was broken off when its process or the server ended."""
    folder = Folder(settings.data, import_id)
    if folder.unfinished and not folder.works:
        _spawn(settings, import_id)


def _spawn(settings: Settings, import_id: str) -> None:
    """Start a process with the lock already in its hands.

    It may take long to come up; somebody who looks meanwhile must not start another.
    """
    folder = Folder(settings.data, import_id)
    held = locks.seize(folder.lock)
    if held is None:
        return
    if task := folder.task:
        # The number of a process that died may be somebody else's by now.
        folder.tell(replace(task, pid=0))
    # Safe path: the current folder may hold anybody's ``geo`` or ``layers``.
    command = [sys.executable, "-P", "-m", __package__, import_id, str(held)]
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=_environment(settings),
            pass_fds=(held,),
        )
    finally:
        os.close(held)
    Thread(target=process.wait, daemon=True).start()


def _environment(settings: Settings) -> Mapping[str, str]:
    """The settings that the work needs; a password in an argument could be seen by others."""
    chosen = {"HUITU_DATA": str(settings.data.absolute()), "HUITU_DATABASE_URL": ""}
    if settings.database_url:
        chosen["HUITU_DATABASE_URL"] = settings.database_url
    return {**os.environ, **chosen}


def main(import_id: str, held: int) -> None:
    """Do what an import's task says, alone; ``held`` is the lock that came with the start."""
    settings = Settings.read()
    folder = Folder(settings.data, import_id)
    os.nice(_NICE)
    task = folder.task
    if task is not None and not task.over:
        folder.tell(replace(task, pid=os.getpid()))
        with locks.alone(settings.data / IMPORTS / "lock"):
            do(settings, folder, import_id)
    os.close(held)


def do(settings: Settings, folder: Folder, import_id: str) -> None:
    """Do the work of a task and tell how it ended."""
    database = of(settings, pooled=False)
    task = folder.task
    if task is None:
        return
    try:
        ended = _done(settings, database, folder, import_id, task)
    except HuituError as error:
        ended = replace(task, problem=_told(error.problems[0]))
    except Exception as error:  # noqa: BLE001 - told by a number that stands in the log
        ended = replace(task, problem=_told(_unforeseen(error, import_id)))
    finally:
        database.dispose()
    folder.tell(replace(ended, over=True, percent=100, pid=0))


def _unforeseen(error: Exception, import_id: str) -> Problem:
    reference = secrets.token_hex(4)
    _log.error("reference %s: import %s", reference, import_id, exc_info=error)
    if isinstance(error, OSError) and is_full(error):
        return FULL.at()
    return UNFORESEEN.at(reference=reference)


def _told(problem: Problem) -> dict[str, dict[str, str]]:
    return {lang: {"message": problem.message(lang), "hint": problem.hint(lang)} for lang in LANGS}


def _done(
    settings: Settings, database: Database, folder: Folder, import_id: str, task: Task
) -> Task:
    with database.reading() as session:
        one = imports.named(session, import_id)
    work = preparing.Work(settings, database, folder, one)

    def tell(stage: Stage) -> None:
        percent = 5 + STAGES.index(stage) * 90 // len(STAGES)
        folder.tell(replace(task, percent=percent, pid=os.getpid()))

    if one.ended:
        raise InputError(imports.OVER.at())
    if task.work == "look":
        work.look(tell)
    elif task.work == "prepare":
        work.prepare(tell)
    else:
        work.publish(tell, by=task.wanted["by"], reason=task.wanted["reason"])
    return task
