"""``python -m tests.killing BASE OUT IMPORT [FILE]``: the work of an import, killed at every step.

A step is whatever reaches the disk or the database. For each number from 1 the data folder is
copied to ``OUT/<number>``, and a child that does the work there kills itself with SIGKILL just
before the step of that number; the last folder is that of the child that came to its end. With a
file the work is to receive it; else it is what the task of the import says.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from sqlalchemy import Engine, event

from geo import files
from geo.files import confined
from webapp.database import of
from webapp.desk import Folder, imports, worker
from webapp.settings import Settings

#: What writes, besides the commits of the database.
WRITING = (
    (os, "fsync"),
    (Path, "mkdir"),
    (Path, "write_bytes"),
    (Path, "rename"),
    (Path, "replace"),
    (Path, "unlink"),
)


class Death:
    """Counts the steps of this process, and ends it before one of them."""

    def __init__(self, number):
        self.left = number

    def step(self, *_):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, done):
        def stepping(*arguments, **options):
            self.step()
            return done(*arguments, **options)

        return stepping

    def arm(self):
        for owner, name in WRITING:
            setattr(owner, name, self.before(getattr(owner, name)))
        event.listen(Engine, "commit", self.step)


def work(data, import_id, file):
    """Do the work as the server does, but for the process that reads."""
    settings, folder = Settings(data=data), Folder(data, import_id)
    confined.read, confined.look = files.read, files.look
    if file is None:
        worker.do(settings, folder, import_id)
        return
    database = of(settings, pooled=False)
    with file.open("rb") as sent:
        received = folder.receive(sent, file.name, 10_000_000)
    with database.writing() as session:
        imports.begin(session, import_id, "gardens", "planner", received)


def killed(number, data, import_id, file):
    """Whether a child was killed before its step of a number; else it has come to its end."""
    child = os.fork()
    if child == 0:
        try:
            Death(number).arm()
            work(data, import_id, file)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0
        return False
    assert os.WTERMSIG(status) == signal.SIGKILL
    return True


def main(base, out, import_id, file=None):
    number, going = 0, True
    while going:
        number += 1
        data = Path(shutil.copytree(base, Path(out, f"{number:03d}")))
        going = killed(number, data, import_id, file and Path(file))


if __name__ == "__main__":
    main(*sys.argv[1:])
