"""The key of sessions: one for a deployment, and nobody else's business."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from webapp import keys
from webapp.settings import Settings


def test_threads_that_start_at_once_have_one_key(tmp_path, monkeypatch):
    start, link = Barrier(4), keys.os.link

    def slow(*names):
        start.wait(10)
        link(*names)

    monkeypatch.setattr(keys.os, "link", slow)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: keys.session_key(Settings(data=tmp_path)), range(4)))
    assert len({*found, keys.session_key(Settings(data=tmp_path))}) == 1
    assert len(found[0]) == 64
    assert [one.name for one in (tmp_path / keys.PRIVATE).iterdir()] == ["session.key"]


def test_the_folder_and_the_key_are_the_owners_alone(tmp_path):
    (tmp_path / keys.PRIVATE).mkdir(mode=0o777)
    (tmp_path / keys.PRIVATE).chmod(0o777)
    keys.session_key(Settings(data=tmp_path))
    assert (tmp_path / keys.PRIVATE).stat().st_mode & 0o777 == 0o700
    assert (tmp_path / keys.PRIVATE / "session.key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_was_cut_is_not_used(tmp_path):
    keys.private_folder(tmp_path)
    (tmp_path / keys.PRIVATE / "session.key").write_text("")
    with pytest.raises(OSError, match=r"session\.key"):
        keys.session_key(Settings(data=tmp_path))
