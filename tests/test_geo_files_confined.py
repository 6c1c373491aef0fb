"""A reading process can do nothing but read, and what it dies of is told in words."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest

from geo import files
from geo.errors import CrsError, HuituError, Problem
from geo.files import confined
from geo.files.confined import Confinement, Room, crossing, landlock
from geo.files.confined.crossing import AnswerError
from geo.files.reading import Asked, Content
from tests import fake_readers
from tests.bad_files import CASES, BadFile, feature, geojson, write_geopackage, write_shapefile

GOOD = geojson(feature(id="P01", count=2**60, share=0.1, code="007", tags=["绿地", {"a": None}]))


def with_reader(reader: Any, **room: Any) -> Confinement:
    return Confinement(room=Room(**room), command=fake_readers.command(reader))


def problem_of(path: Path, confinement: Confinement, **options: Any) -> Problem:
    reading = confined.read(path, confinement=confinement, **options)
    assert reading.frame is None
    assert reading.sha256 == files.read(path).sha256
    (problem,) = reading.problems
    return problem


@pytest.mark.parametrize("make", [GOOD, write_shapefile, write_geopackage])
def test_a_good_file_reads_as_it_does_outside(make: Any, tmp_path: Path) -> None:
    path = make(tmp_path)
    inside, outside = confined.read(path), files.read(path)
    assert outside.frame is not None
    assert inside.frame is not None
    assert inside.frame.equals(outside.frame)
    assert inside.frame.crs == outside.frame.crs
    assert [*map(type, inside.frame.iloc[0])] == [*map(type, outside.frame.iloc[0])]
    assert {**vars(inside), "frame": None} == {**vars(outside), "frame": None}


@pytest.mark.parametrize("make", [GOOD, write_shapefile, write_geopackage])
def test_a_look_shows_what_it_does_outside(make: Any, tmp_path: Path) -> None:
    path = make(tmp_path)
    inside, outside = confined.look(path), files.look(path)
    assert (inside.positions == outside.positions).all()
    assert {**vars(inside), "positions": 0} == {**vars(outside), "positions": 0}


@pytest.mark.parametrize("case", CASES[::10], ids=str)
def test_a_bad_file_is_told_as_it_is_outside(case: BadFile, tmp_path: Path) -> None:
    path = case.make(tmp_path)
    assert told(confined.read, path, case) == told(files.read, path, case)


def told(read: Any, path: Path, case: BadFile) -> list[Any]:
    try:
        problems = read(path, **case.options).problems
    except HuituError as error:
        problems = error.problems
    return [problem.to_dict(lang) for problem in problems for lang in ("zh", "en")]


def test_what_is_raised_outside_is_raised_inside(tmp_path: Path) -> None:
    with pytest.raises(HuituError) as caught:
        confined.read(tmp_path / "none.geojson")
    assert caught.value.code == "file-missing"
    with pytest.raises(CrsError):
        confined.read(GOOD(tmp_path), crs="EPSG:999999")


FORBIDDEN = [
    fake_readers.opens,
    fake_readers.connects_below_python,
    fake_readers.forks,
    fake_readers.forks_below_python,
    fake_readers.starts,
    fake_readers.kills,
    fake_readers.signals_below_python,
    fake_readers.limits_below_python,
    fake_readers.calls_by_the_other_numbers,
]


@pytest.mark.parametrize("reader", FORBIDDEN, ids=lambda reader: reader.__name__)
def test_a_reader_does_nothing_else(
    reader: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    problem = problem_of(GOOD(tmp_path), with_reader(reader))
    assert problem.kind.code == "reading-died"
    assert "AssertionError" not in caplog.text
    assert "PermissionError" in caplog.text


def test_no_other_file_is_read_or_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path, other = GOOD(tmp_path), tmp_path / "other"
    other.write_bytes(b"before")
    for reader in (fake_readers.writes, fake_readers.opens_the_named):
        problem_of(path, with_reader(reader), layer=str(other))
    assert other.read_bytes() == b"before"
    assert caplog.text.count("PermissionError") == 2


def test_nothing_comes_through_the_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = str(listener.getsockname()[1])
        problem = problem_of(GOOD(tmp_path), with_reader(fake_readers.connects), layer=port)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert problem.kind.code == "reading-died"


def test_memory_runs_out(tmp_path: Path) -> None:
    confinement = with_reader(fake_readers.allocates, memory_bytes=1_500_000_000)
    problem = problem_of(GOOD(tmp_path), confinement)
    assert problem.kind.code == "reading-too-much-memory"
    assert "1500 MB" in problem.message()


@pytest.mark.parametrize(
    ("reader", "room"),
    [
        (fake_readers.loops, {"cpu_seconds": 1}),
        (fake_readers.loops, {"wall_seconds": 1.5}),
        (fake_readers.waits, {"wall_seconds": 1.5}),
    ],
)
def test_time_runs_out(reader: Any, room: dict[str, Any], tmp_path: Path) -> None:
    problem = problem_of(GOOD(tmp_path), with_reader(reader, **room))
    assert problem.kind.code == "reading-too-long"


def test_a_child_whose_parent_is_gone_ends_by_itself(tmp_path: Path) -> None:
    confinement = with_reader(fake_readers.waits, wall_seconds=1.5)
    request = {
        "path": str(GOOD(tmp_path)),
        "scratch": str(tmp_path),
        "asked": vars(Asked()),
        "room": vars(confinement.room),
    }
    end = subprocess.run(
        confinement.command, input=orjson.dumps(request), timeout=60, check=False, env={}
    )
    assert end.returncode == -signal.SIGALRM


@pytest.mark.parametrize("reader", [fake_readers.crashes, fake_readers.lies, fake_readers.aborts])
def test_an_accident_is_told_in_words(reader: Any, tmp_path: Path) -> None:
    problem = problem_of(GOOD(tmp_path), with_reader(reader))
    assert problem.kind.code == "reading-died"
    assert problem.hint("en")


def test_what_a_library_prints_is_no_answer(tmp_path: Path) -> None:
    reading = confined.read(GOOD(tmp_path), confinement=with_reader(fake_readers.prints))
    assert reading.problems == ()


def test_an_answer_has_an_end(tmp_path: Path) -> None:
    confinement = with_reader(fake_readers.floods, written_bytes=5_000_000)
    assert problem_of(GOOD(tmp_path), confinement).kind.code == "reading-died"


def test_the_child_takes_nothing_from_the_servers_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "geo.py").write_text("raise SystemExit(9)")
    assert confined.read(GOOD(tmp_path)).frame is not None


def test_a_kernel_without_guards_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    confined.read(GOOD(tmp_path), confinement=with_reader(fake_readers.is_fine))
    assert bool(landlock.version()) is ("landlock" not in caplog.text)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HUITU-1\n",
        b"HUITU-1\n\xff\xff\xff\xff\xff\xff\xff\xff{}",
        b"HUITU-1\n\x02\0\0\0\0\0\0\0[]",
    ],
)
def test_an_answer_out_of_form_is_refused(answer: bytes) -> None:
    with pytest.raises(AnswerError):
        crossing.content_of(*crossing.unpacked(answer))


def rewritten(**changed: Any) -> Content:
    told, blobs = crossing.unpacked(b"".join(crossing.packed(Content(None, []))))
    return crossing.content_of({**told, **changed}, blobs)


TABLE = {"numbers": [1], "columns": {}, "lengths": [0], "crs": None}


@pytest.mark.parametrize(
    "changed",
    [
        {"problems": [{"code": "made-up"}]},
        {"rows": "many"},
        {"table": {**TABLE, "lengths": [9]}},
        {"table": {**TABLE, "columns": {"a": [1, 2]}}},
        {"table": {**TABLE, "crs": "EPSG:999999"}},
        {"table": {**TABLE, "crs": "http://127.0.0.1:9/"}},
        {"table": []},
    ],
)
def test_a_false_answer_is_refused(changed: dict[str, Any]) -> None:
    assert rewritten(table=TABLE).table is not None
    with pytest.raises(AnswerError):
        rewritten(**changed)


def test_no_scratch_folder_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, scratch = write_shapefile(tmp_path), tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    confined.read(path)
    confined.read(path, confinement=with_reader(fake_readers.crashes))
    assert not any(scratch.iterdir())
