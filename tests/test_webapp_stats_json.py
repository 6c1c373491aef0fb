"""``huitu stats --format json``: the answers of the API on the command line, in metres."""

import json
from pathlib import Path

import pytest

from layers.plan import Plan
from layers.query import Criteria
from layers.statistics import Question, table
from webapp.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(["stats", *map(str, words)])
    return int(left.value.code or 0), capsys.readouterr().out


def test_the_figures_are_those_of_the_table(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--layers", "roads", "--group", "class,district", "--schematic", "--unit", "mu")
    code, said = run(capsys, "--data", sample, *words, "--format", "json")
    assert code == 0
    question = Question(
        criteria=Criteria(layers=("roads",)), group=("class", "district"), schematic=True
    )
    answer = table(Plan.open(sample), question)
    told = json.loads(said)
    assert told["rows"] == [row.to_dict() for row in answer.rows]
    assert told["total"] == answer.total.to_dict()
    assert told["versions"] == dict(answer.versions)


def test_into_a_file(sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "parks.json"
    code, said = run(
        capsys, "--data", sample, "--table", "park_land", "--format", "json", "-o", path
    )
    assert (code, path.name in said) == (0, True)
    assert json.loads(path.read_text("utf-8"))["analysis"] == "park_land"
