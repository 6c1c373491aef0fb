"""Every bad file is told by the problem that its case names, in words, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo import files, shapes
from geo.errors import HuituError, Problem
from geo.types import BBox
from tests.bad_files import CASES, BadFile

BOUNDS = BBox(120.03, 31.54, 120.41, 31.78)
#: Told by the layers package: geo finds nothing wrong with a file without rows.
NOT_OURS = {"layer-empty"}


def read(case: BadFile, folder: Path) -> tuple[files.Reading | None, list[Problem]]:
    path = case.make(folder)
    try:
        reading = files.read(path, **case.options)
    except HuituError as error:
        return None, list(error.problems)
    found = list(reading.problems)
    if reading.frame is not None:
        found += shapes.find(reading.frame.to_crs(4326), ["Polygon"], BOUNDS)
    return reading, found


@pytest.mark.parametrize("case", [c for c in CASES if c.code not in NOT_OURS], ids=str)
def test_a_bad_file_is_told(case: BadFile, tmp_path: Path) -> None:
    reading, problems = read(case, tmp_path)
    errors = [problem for problem in problems if problem.kind.severity == "error"]
    assert case.code in {problem.kind.code for problem in errors}
    for problem in problems:
        is_readable(problem, tmp_path)
    if reading is not None and reading.frame is not None:
        rows_are_there_or_named(reading)


def is_readable(problem: Problem, folder: Path) -> None:
    for lang in ("zh", "en"):
        told = problem.to_dict(lang)
        text = told["message"] + told["hint"]
        assert told["message"]
        assert told["hint"]
        assert str(folder) not in text
        assert "Traceback" not in text
        assert "GDAL" not in text
        assert "{" not in told["hint"]
        json.dumps(told, allow_nan=False).encode()
    zh = problem.message("zh")
    assert any("\u4e00" <= character <= "\u9fff" for character in zh)


def rows_are_there_or_named(reading: files.Reading) -> None:
    assert reading.frame is not None
    refused = {p.row for p in reading.problems if p.kind.severity == "error"}
    assert len(reading.frame) + len(refused) == reading.rows
    assert refused.isdisjoint(reading.frame.index)


def test_the_names_of_cases_and_codes() -> None:
    assert len({(case.name, case.code) for case in CASES}) == len(CASES)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(HuituError) as caught:
        files.read(tmp_path / "none.geojson")
    assert caught.value.code == "file-missing"
    assert str(tmp_path) not in caught.value.message()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(HuituError):
        files.read(tmp_path)
