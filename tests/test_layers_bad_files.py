"""A bad file publishes nothing, changes nothing, and gets a report in words."""

import json
import re
import shutil
from pathlib import Path

import pytest

from geo.errors import HuituError
from layers.catalog import Catalog
from layers.ingest import Answers
from layers.publishing import Source, own_source, publish
from layers.store import Store
from tests.bad_files import CASES, in_gbk, without
from webapp.cli import main

TOWN = Path(__file__).parent / "town"
SQUARE = [[104.985, 30.598], [104.99, 30.598], [104.99, 30.602], [104.985, 30.602]]
CLOSED = [*SQUARE, SQUARE[0]]
#: What a planner must never be shown: a path, a traceback, GDAL's own words.
LEAKS = re.compile(r"Traceback|GDAL|\bOGR|/tmp|\.py\b|Errno")


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    town = Path(shutil.copytree(TOWN, tmp_path_factory.mktemp("bad") / "town"))
    catalog, store = Catalog.read(town), Store(town, software="test")
    for spec in catalog.layers:
        assert publish(
            catalog, store, spec, own_source(catalog, spec), by="test", reason="test"
        ).version
    return catalog, store


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_bad_file_replaces_what_is_published(deployment, case, tmp_path):
    catalog, store = deployment
    spec, before = catalog.layer("gardens"), store.publications("gardens")
    source = Source(case.make(tmp_path), Answers(**case.options))
    try:
        outcome = publish(catalog, store, spec, source, by="test", reason="bad")
        told = list(outcome.report.lines("zh")) + list(outcome.report.lines("en"))
        published = outcome.version
    except HuituError as error:
        told, published = [error.message("zh"), error.message("en")], None
    assert published is None
    assert store.publications("gardens") == before
    assert all(line.strip() for line in told)
    assert not LEAKS.search(" ".join(told).replace(str(source.path), ""))


def garden(geometry, **properties):
    usual = {"id": "G01", "name_zh": "桑园", "stage": "start", "geometry_quality": "surveyed"}
    return {"type": "Feature", "properties": {**usual, **properties}, "geometry": geometry}


def polygon(*ring):
    return {"type": "Polygon", "coordinates": [[list(position) for position in ring]]}


def written(*features, **members):
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)})


GOOD = garden(polygon(*CLOSED))
CRS_3857 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
FILES = {
    "truncated": (lambda: written(GOOD)[:-40], "不完整"),
    "wrong CRS": (lambda: written(GOOD, crs=CRS_3857), "3857"),
    "metres": (lambda: written(garden(polygon(*_metres()))), "EPSG"),
    "swapped axes": (lambda: written(garden(polygon(*_swapped()))), "纬度"),
    "NaN": (lambda: written(GOOD).replace("104.985", "NaN", 1), "NaN"),
    "self-crossing": (lambda: written(garden(polygon(*_bow_tie()))), "自相交"),
    "empty": (written, "没有任何要素"),
    "mixed types": (
        lambda: written(GOOD, garden({"type": "Point", "coordinates": SQUARE[0]}, id="G02")),
        "点",
    ),
    "duplicate ids": (lambda: written(GOOD, GOOD), "已在第 1 行出现"),
    "__proto__": (
        lambda: written(GOOD).replace('"stage"', '"__proto__": {"a": 1}, "stage"', 1),
        "__proto__",
    ),
    "a million vertices": (lambda: written(garden(polygon(*_many()))), "顶点"),
}


def _metres():
    return [(x * 111_000, y * 111_000) for x, y in CLOSED]


def _swapped():
    return [(y, x) for x, y in CLOSED]


def _bow_tie():
    return [CLOSED[0], CLOSED[2], CLOSED[1], CLOSED[3], CLOSED[0]]


def _many():
    """Made when it is asked for: it takes seconds."""
    ring = [[104.9 + (n % 1000) * 1e-4, 30.6 + (n // 1000) * 1e-5] for n in range(1_000_000)]
    return [*ring, ring[0]]


def test_the_good_file_is_good(deployment, tmp_path, capsys):
    assert checked(deployment, tmp_path, written(GOOD)) == 0
    assert "可以发布" in capsys.readouterr().out


@pytest.mark.parametrize("name", FILES)
def test_the_command_names_the_fault_and_exits_with_one(deployment, tmp_path, capsys, name):
    make, word = FILES[name]
    assert checked(deployment, tmp_path, make()) == 1
    told = "".join(capsys.readouterr())
    assert word in told
    assert "不能发布" in told


@pytest.mark.parametrize(
    ("make", "word"),
    [(without("prj"), "坐标系"), (in_gbk(None), "编码")],
    ids=["prj", "gbk"],
)
def test_a_shapefile_that_does_not_say_is_asked_about(deployment, tmp_path, capsys, make, word):
    path = make(tmp_path)
    assert run("check", path, deployment) == 1
    assert word in "".join(capsys.readouterr())


def checked(deployment, folder, content):
    path = folder / "gardens.geojson"
    path.write_text(content, "utf-8")
    return run("check", path, deployment)


def run(command, path, deployment):
    catalog, _ = deployment
    words = [command, str(path), "--layer", "gardens", "--data", str(catalog.folder)]
    with pytest.raises(SystemExit) as left:
        main(["--lang", "zh", *words])
    return left.value.code
