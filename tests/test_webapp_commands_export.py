"""huitu export, stats and verify: files and figures without a page."""

import json
import re

import openpyxl
import pyogrio
import pytest

from layers.export import for_kind
from layers.plan import Plan
from layers.query import Criteria
from layers.statistics import Question, table
from webapp.cli import main


@pytest.fixture
def huitu(capsys, monkeypatch, sample, tmp_path):
    """Run the command in this process on the sample: exit code, what it said, what went wrong."""
    monkeypatch.delenv("HUITU_LANG", raising=False)
    monkeypatch.setenv("HUITU_DATA", str(sample))
    monkeypatch.chdir(tmp_path)

    def run(*args):
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(arg) for arg in args])
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run


def test_export_writes_the_format_that_is_named(huitu, tmp_path):
    code, out, err = huitu("export", "roads", "--format", "gpkg", "--crs", "EPSG:4549")
    assert (code, err) == (0, "")
    assert "15 行" in out
    found = pyogrio.read_info(tmp_path / "huishan-roads.gpkg", layer="roads")
    assert (found["features"], found["crs"]) == (15, "EPSG:4549")


def test_the_suffix_names_the_format(huitu, tmp_path):
    for one in for_kind("features"):
        code, _, err = huitu("export", "parks", "-o", f"made{one.suffix}")
        assert (code, err) == (0, "")
    assert (tmp_path / "made.zip").read_bytes().startswith(b"PK")
    assert json.loads((tmp_path / "made.geojson").read_text())["huitu"]


def test_projects_are_chosen_as_on_the_map(huitu, tmp_path, sample):
    wanted = Plan.open(sample).projects(
        Criteria(layers=("parks", "roads"), stages=("complete",), years=(2021, 2021))
    )
    options = ("--layers", "parks,roads", "--stage", "complete", "--years", "2021")
    code, _, _ = huitu("export", "projects", *options, "-o", "made.geojson")
    assert code == 0
    found = json.loads((tmp_path / "made.geojson").read_text())["features"]
    assert sorted(one["id"] for one in found) == sorted(one.id for one in wanted)


def test_stats_are_the_figures_of_the_statistics(huitu, sample):
    """Park land in the east district within 800 m of a station, by phase, net, in 亩."""
    question = Question(
        criteria=Criteria(layers=("parks",)),
        districts=("D_EAST",),
        within_m=800,
        group=("phase",),
        schematic=True,
    )
    options = ("--layers", "parks", "--district", "D_EAST", "--within", "800m-of-station")
    options += ("--group", "phase", "--schematic", "--unit", "mu")
    code, out, err = huitu("stats", *options)
    assert (code, err) == (0, "")
    total = table(Plan.open(sample), question).total
    assert total.net_m2
    last = re.split(r" {2,}", out.splitlines()[-1])
    assert last[0] == "合计"
    assert f"{total.net_m2 * 15 / 10_000:.5f}".rstrip("0") in last


def test_stats_and_verify(huitu, tmp_path):
    code, out, err = huitu("stats", "--group", "district,class", "--lang", "en", "-o", "f.xlsx")
    assert (code, err) == (0, "")
    assert out.startswith("Written: f.xlsx")
    code, out, _ = huitu("verify", "f.xlsx")
    assert code == 0
    assert "已复现" in out
    book = openpyxl.load_workbook(tmp_path / "f.xlsx")
    book["Statistics"]["C2"] = 77
    book.save(tmp_path / "f.xlsx")
    code, out, _ = huitu("verify", "f.xlsx", "--lang", "en")
    assert code == 1
    assert "not reproduced: Statistics, row 2" in out
    assert "the file has 77" in out


def test_a_boundary_from_a_file(huitu, tmp_path):
    ring = [[120.29, 31.66], [120.33, 31.66], [120.33, 31.70], [120.29, 31.70], [120.29, 31.66]]
    (tmp_path / "b.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    code, out, err = huitu("stats", "--boundary", "b.geojson", "--schematic", "-o", "f.csv")
    assert (code, err) == (0, ""), out
    assert huitu("verify", "f.csv")[0] == 0
    (tmp_path / "b.geojson").write_bytes(b"\xff\xfe{")
    code, _, err = huitu("stats", "--boundary", "b.geojson")
    assert code == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export", "no_such"), "no_such"),
        (("export", "roads", "--format", "dwg"), "dwg"),
        (("export", "roads", "--crs", "EPSG:1"), "EPSG:1"),
        (("export", "roads", "--crs", "EPSG:4549", "-o", "x.geojson"), "EPSG:4549"),
        (("export", "projects", "--years", "1999"), "1999"),
        (("stats", "--group", "colour", "--unit", "acre"), "colour"),
        (("stats", "--group", "colour", "--unit", "acre"), "acre"),
        (("stats", "--table", "nothing"), "nothing"),
        (("stats", "--within", "far"), "far"),
        (("stats", "--as-of", "yesterday"), "yesterday"),
        (("stats", "--as-of", "1990-01-01"), "1990-01-01"),
        (("stats", "--versions", "roads:000000000000"), "000000000000"),
        (("stats", "-o", "x.gpkg"), "csv, xlsx"),
        (("verify", "none.csv"), "none.csv"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(words, told, huitu, tmp_path):
    code, _, err = huitu(*words)
    assert code == 1
    assert told in err
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_help_names_every_format(huitu):
    _, out, _ = huitu("export", "--help")
    assert all(one.id in out for one in for_kind("features"))
    _, out, _ = huitu("stats", "--help")
    assert all(one.id in out for one in for_kind("table"))
