"""Starting the work of an import: one process for each, however often somebody looks."""

import os
from typing import ClassVar

import pytest

from webapp.desk import Folder, Task, worker
from webapp.settings import Settings

ID = "a" * 32


class Slow:
    """Stands for a process that takes long to come up: it has the lock and does nothing yet."""

    started: ClassVar[list] = []

    def __init__(self, command, pass_fds, **_options):
        assert command[-1] == str(pass_fds[0])
        self.held = os.dup(pass_fds[0])
        Slow.started.append(self)

    def wait(self):
        """Ends when the test says so."""


@pytest.fixture
def settings(tmp_path, monkeypatch):
    Folder(tmp_path, ID).path.mkdir(parents=True)
    monkeypatch.setattr(worker.subprocess, "Popen", Slow)
    monkeypatch.setattr(Slow, "started", [])
    return Settings(data=tmp_path)


def test_looking_while_a_process_comes_up_starts_no_other(settings):
    worker.start(settings, ID, "look")
    for _ in range(5):
        worker.resume(settings, ID)
    [first] = Slow.started
    os.close(first.held)
    worker.resume(settings, ID)
    assert len(Slow.started) == 2
    os.close(Slow.started[1].held)


def test_the_number_of_a_process_that_died_is_forgotten(settings):
    folder = Folder(settings.data, ID)
    folder.tell(Task("look", pid=1))
    worker.resume(settings, ID)
    assert folder.task == Task("look", pid=0)
    os.close(Slow.started[0].held)
