"""Every format of the registry: what it holds, what comes back, what a full disk leaves."""

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.crs import name_of
from geo.errors import CrsError, InputError, LimitError, NotFound
from layers.export import FORMATS, features, for_kind, tables, write, xlsx
from layers.export.beside import beside
from layers.export.content import FeatureLayer
from layers.export.shapefile import short_names
from layers.plan import Plan
from layers.query import Criteria
from layers.spec import FieldSpec
from layers.statistics import Question

NOTICE = "规划统计，非测绘成果"
FEATURE_FORMATS = [one.id for one in for_kind("features")]


@pytest.fixture(scope="module")
def plan(sample):
    return Plan.open(sample)


@pytest.fixture(scope="module")
def projects(plan):
    return features(plan)


def frame_of(path, layer=None):
    found = pyogrio.read_dataframe(path, layer=layer) if layer else pyogrio.read_dataframe(path)
    return found.set_index("id")


def grid_of(path):
    """Rows of a CSV and the notes after them."""
    lines = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    end = lines.index([])
    return lines[:end], lines[end + 1 :]


# ---------------------------------------------------------------- the registry


def test_the_registry_describes_itself():
    assert list(FORMATS) == [one.id for one in FORMATS.values()]
    for one in FORMATS.values():
        assert one.description.zh
        assert one.description.en
        assert one.filename("x") == f"x{one.suffix}"
        assert "/" in one.media_type
        assert one.kinds
    assert {"csv", "xlsx", "gpkg", "geojson", "shp", "fgb"} <= set(FORMATS)


def test_a_format_that_is_none_or_cannot_hold_it_is_refused(plan, tmp_path):
    figures = tables("statistics", plan, Question())
    with pytest.raises(NotFound):
        write("dwg", figures, tmp_path / "x.dwg")
    with pytest.raises(InputError) as refusal:
        write("gpkg", figures, tmp_path / "x.gpkg")
    assert "csv" in refusal.value.hint("en")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", FEATURE_FORMATS)
def test_the_same_features_give_the_same_bytes(name, plan, tmp_path):
    for copy in ("a", "b"):
        write(name, features(plan, "parks"), tmp_path / copy)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("name", FEATURE_FORMATS)
@pytest.mark.parametrize("layer", ["roads", "stations"])
def test_every_format_tells_version_notice_source_and_licence(name, layer, plan, tmp_path):
    content, path = features(plan, layer), tmp_path / "made"
    write(name, content, path)
    words = all_words(path)
    (origin,) = content.provenance.origins
    for word in (origin.version, "CC0-1.0", NOTICE, origin.sha256, "huitu 0", "EPSG:4326"):
        assert word in words, word


def all_words(path):
    """Everything readable in a file, packed members opened."""
    content = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    return content.decode("utf-8", "replace")


@pytest.mark.parametrize("name", FEATURE_FORMATS)
def test_a_layer_without_any_row_can_be_written(name, plan, tmp_path):
    write(name, features(plan, criteria=Criteria(q="there is no such project")), tmp_path / "made")
    assert (tmp_path / "made").stat().st_size > 0


def test_criteria_and_layers_choose(plan):
    chosen = features(plan, criteria=Criteria(layers=("parks",), stages=("complete",)))
    wanted = plan.projects(Criteria(layers=("parks",), stages=("complete",)))
    assert [layer.spec.id for layer in chosen.layers] == ["parks"]
    assert list(chosen.layers[0].frame["id"]) == [project.id for project in wanted]
    assert len(features(plan, ("roads", "stations")).layers) == 2
    with pytest.raises(NotFound):
        features(plan, "no_such_layer")
    with pytest.raises(CrsError):
        features(plan, "roads", crs="+proj=longlat")


# ---------------------------------------------------------------- tables


def test_csv_is_what_a_chinese_excel_opens(plan, projects, tmp_path):
    write("csv", projects, tmp_path / "made.csv")
    content = (tmp_path / "made.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n")
    grid, notes = grid_of(tmp_path / "made.csv")
    assert len(grid) == 51
    assert {len(row) for row in grid} == {len(grid[0])}
    assert "位置精度（估计）（m）" in grid[0]
    assert notes[-1] == ["# 行数", "50"]
    assert json.loads(dict(line[:2] for line in notes)["# huitu"])["versions"]
    marks = [row[grid[0].index("标记")] for row in grid[1:]]
    assert marks.count("未定位") == 13
    assert marks.count("示意") == sum(
        project.schematic and project.located for project in plan.projects()
    )


def test_xlsx_has_typed_cells_and_a_frozen_header(plan, tmp_path):
    question = Question(group=("district", "layer"), schematic=True)
    write("xlsx", tables("statistics", plan, question, unit="mu"), tmp_path / "made.xlsx")
    book = openpyxl.load_workbook(tmp_path / "made.xlsx")
    assert book.sheetnames == ["统计表", "重叠", "来源"]
    page = book["统计表"]
    assert page.freeze_panes == "A2"
    names = [cell.value for cell in page[1]]
    assert "净面积（亩）" in names
    assert "载明建筑面积（万㎡）" in names
    cells = [row[names.index("净面积（亩）")] for row in page.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"n", "s"}
    assert {cell.value for cell in cells if cell.data_type == "s"} == {"—"}
    assert all(page.column_dimensions[letter].width > 7 for letter in "ABC")
    pairs = {(row[0], row[2]) for row in book["重叠"].iter_rows(min_row=2, values_only=True)}
    assert {("R02", "P05"), ("S03", "S04")} <= pairs
    assert NOTICE in [row[1] for row in book["来源"].iter_rows(values_only=True)]


def test_figures_are_those_of_the_statistics(plan, tmp_path):
    from layers.statistics import table

    question = Question(group=("layer",), schematic=True)
    write("csv", tables("statistics", plan, question, unit="m2"), tmp_path / "made.csv")
    grid, _ = grid_of(tmp_path / "made.csv")
    column = grid[0].index("净面积（㎡）")
    answer = table(plan, question)
    for row, line in zip((*answer.rows, answer.total), grid[1:], strict=True):
        assert line[1] == str(row.count)
        assert (
            line[column] == ""
            if row.net_m2 is None
            else float(line[column]) == round(row.net_m2, 2)
        )


def test_units_of_land_never_touch_floor(plan):
    for unit in ("ha", "mu", "m2", "km2"):
        headers = [
            column.header("zh")
            for column in tables("stated", plan, Question(), unit=unit).main.columns
        ]
        assert "载明建筑面积（万㎡）" in headers
    rows = {row[0]: row for row in tables("stated", plan, Question(), unit="mu").main.rows}
    assert rows["P10"][3] == pytest.approx(600)
    assert rows["F03"][3] is None
    assert rows["F03"][4] == pytest.approx(18)


HOSTILE = ["=1+1", "\u3000＝cmd|' /c calc'!A0", "\ufeff@SUM(A1)", "-2+3", "+x", "\tx", "'=1", "-5"]


def hostile(content):
    """The roads with hostile names, and a note too long for a cell."""
    (layer,) = content.layers
    frame = layer.frame.copy()
    frame["name_zh"] = [HOSTILE[place % len(HOSTILE)] for place in range(len(frame))]
    frame["remark_zh"] = "长" * 40_000
    return replace(content, layers=(replace(layer, frame=frame),))


def test_csv_and_xlsx_hold_no_formula(plan, tmp_path):
    content = hostile(features(plan, "roads"))
    write("csv", content, tmp_path / "made.csv")
    grid, _ = grid_of(tmp_path / "made.csv")
    assert grid[0][1] == "项目名称；' 为防公式而加"
    assert [row[1] for row in grid[1:9]] == [
        *("'" + text for text in HOSTILE[:7]),
        "-5",
    ]
    write("xlsx", content, tmp_path / "made.xlsx")
    page = openpyxl.load_workbook(tmp_path / "made.xlsx").worksheets[0]
    names = [row[1] for row in page.iter_rows(min_row=2)]
    assert {cell.data_type for cell in names} == {"s"}
    assert [cell.value for cell in names[:2]] == ["'=1+1", "'" + HOSTILE[1]]
    remarks = [cell for cell in page[2] if isinstance(cell.value, str) and cell.value[0] == "长"]
    assert len(remarks[0].value) == 32_767
    assert remarks[0].value.endswith("…")


def test_more_rows_than_a_sheet_holds_are_refused(plan, tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "_MOST_ROWS", 10)
    with pytest.raises(LimitError):
        write("xlsx", features(plan, "roads"), tmp_path / "made.xlsx")
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- geodata


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4549"])
@pytest.mark.parametrize("name", ["gpkg", "fgb"])
def test_geodata_come_back_as_they_were(name, crs, plan, tmp_path):
    write(name, features(plan, "roads", crs=crs), tmp_path / f"made.{name}")
    found = frame_of(tmp_path / f"made.{name}", "roads" if name == "gpkg" else None)
    assert name_of(found.crs) == crs
    wanted = plan.frame("roads").to_crs(crs).set_index("id").loc[found.index]
    assert found.geometry.isna().sum() == 2
    assert list(found.geometry.isna()) == list(wanted.geometry.isna())
    drawn = found.geometry.notna()
    assert shapely.equals_exact(
        found.geometry[drawn].values, wanted.geometry[drawn].values, tolerance=1e-9
    ).all()
    assert list(found["name_zh"]) == list(wanted["name_zh"])
    years = [None if pd.isna(year) else int(year) for year in found["year_from"]]
    assert years == [None if pd.isna(year) else int(year) for year in wanted["year_from"]]
    assert set(found["layer_version"]) == {plan.publication("roads").version}
    assert found.loc["R15", "mark"] == "未定位"


def test_a_geopackage_has_a_table_for_each_kind_and_its_provenance(projects, tmp_path):
    write("gpkg", projects, tmp_path / "made.gpkg")
    names = [str(name) for name, _ in pyogrio.list_layers(tmp_path / "made.gpkg")]
    assert {"roads", "metro_point", "metro_line", "parks", "provenance", "layer_styles"} <= {*names}
    rows = sum(
        len(pyogrio.read_dataframe(tmp_path / "made.gpkg", layer=name))
        for name in names
        if name not in {"provenance", "layer_styles"}
    )
    assert rows == 50
    told = pyogrio.read_dataframe(tmp_path / "made.gpkg", layer="provenance", read_geometry=False)
    assert NOTICE in set(told["words"])
    with closing(sqlite3.connect(tmp_path / "made.gpkg")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def parsed(text):
    return ElementTree.fromstring(text)  # noqa: S314 - our own


def test_styles_draw_every_class_in_the_colours_of_the_palette(plan, tmp_path):
    write("gpkg", features(plan, "parks"), tmp_path / "made.gpkg")
    with closing(sqlite3.connect(tmp_path / "made.gpkg")) as database:
        ((name, column, text, default),) = database.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        )
    assert (name, column, default) == ("parks", "geometry", 1)
    root = parsed(text)
    rules = root.findall(".//rule")
    style = plan.catalog.style(plan.catalog.layer("parks"))
    assert len(rules) == 2 * (len(style.symbols) + 1)
    labels = [rule.get("label") for rule in rules]
    assert {"综合公园", "综合公园（示意）", "未分类"} <= set(labels)
    fill = root.find(".//symbol[@name='0']/layer[@class='SimpleFill']//Option[@name='color']")
    assert fill is not None
    assert fill.get("value") == "108,176,106,166"
    dashed = root.find(".//symbol[@name='1']//Option[@name='use_custom_dash']")
    assert dashed is not None
    assert dashed.get("value") == "1"
    assert root.find(".//alias[@field='class']").get("name") == "绿地类型"


def test_style_words_are_data(plan):
    from layers.export.qml import qml

    content = features(plan, "parks")
    (layer,) = content.layers
    evil = "a' OR 1=1 --<x>&\\"
    style = layer.style.model_copy(
        update={"symbols": {evil: next(iter(layer.style.symbols.values()))}}
    )
    text = qml(replace(layer, style=style), "Polygon", content.unclassified, "7 6", "zh")
    filters = [rule.get("filter") for rule in parsed(text).findall(".//rule")]
    assert filters[0].startswith("\"class\" = 'a'' OR 1=1 --<x>&\\\\' AND ")


def test_geojson_is_rfc_7946_with_ids_and_provenance(projects, tmp_path):
    write("geojson", projects, tmp_path / "made.geojson")
    document = json.loads((tmp_path / "made.geojson").read_text())
    assert "crs" not in document
    assert document["huitu"]["notice"]["zh"] == NOTICE
    assert document["huitu"]["versions"]["roads"]
    assert len(document["features"]) == 50
    assert [one["id"] for one in document["features"]] == [
        one["properties"]["id"] for one in document["features"]
    ]
    assert sum(one["geometry"] is None for one in document["features"]) == 13
    r08 = next(one for one in document["features"] if one["id"] == "R08")
    assert isinstance(r08["properties"]["aliases"], list)
    assert r08["properties"]["mark"] == "示意" or r08["properties"]["mark"] == ""


def test_geojson_in_a_plane_is_refused(plan, tmp_path):
    with pytest.raises(CrsError):
        write("geojson", features(plan, "roads", crs="EPSG:4549"), tmp_path / "made.geojson")
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- Shapefile


def test_shapefiles_are_utf8_one_for_each_kind(projects, tmp_path):
    write("shp", projects, tmp_path / "made.zip")
    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    tables_ = {Path(name).stem for name in names if name.endswith(".shp")}
    assert {"roads", "metro_point", "metro_line"} <= tables_
    for table in tables_:
        assert (tmp_path / f"{table}.cpg").read_text() == "UTF-8"
        assert (tmp_path / f"{table}.prj").read_text().startswith("GEOGCS")
    roads = pyogrio.read_dataframe(tmp_path / "roads.shp")
    assert roads["name_zh"][0] == "堰新路东延"
    assert {"geometry_q", "year_certa", "class_basi", "class_ba_1"} <= set(roads.columns)
    grid, notes = grid_of(tmp_path / "unlocated.csv")
    assert len(grid) == 14
    assert notes[-1] == ["# 行数", "13"]


def test_every_loss_of_a_shapefile_is_listed(plan, tmp_path):
    content = features(plan, "roads")
    (layer,) = content.layers
    frame = layer.frame.copy()
    long, big = "很长的文字" * 30, 2**60 + 1
    frame.loc[frame["id"] == "R01", "basis_zh"] = long
    frame["code"] = pd.Series([big] * len(frame), index=frame.index, dtype="Int64")
    fields = {**layer.fields, "code": FieldSpec(type="integer", title=layer.spec.title)}
    changed = FeatureLayer(layer.spec, layer.style, fields, frame)
    write("shp", replace(content, layers=(changed,)), tmp_path / "made.zip")
    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        archive.extractall(tmp_path)
    told = (tmp_path / "README.txt").read_text("utf-8-sig")
    assert f"roads R01：basis_zh 的文字截短，原 450 字节：{long}" in told
    assert f"code 的整数太大，写成文字：{big}" in told
    assert "year_from 有 7 行未知，部分软件会显示为 0：R08, R09, R10, R11, R12, R13, R14" in told
    assert "aliases 是列表" in told
    assert "R07, R15" in told
    assert "geometry_q  geometry_quality    图形质量" in told
    roads = pyogrio.read_dataframe(tmp_path / "roads.shp").set_index("id")
    assert roads.loc["R01", "basis_zh"] == long[:84]
    assert roads.loc["R01", "code"] == str(big)
    assert pd.isna(roads.loc["R08", "year_from"])


def test_short_names_are_short_plain_and_unique():
    names = [
        "class_basis_zh",
        "class_basis_en",
        "CLASS_BASIS",
        "图层",
        "名称",
        "a b-c",
        "_",
        "x" * 40,
    ]
    names += [f"class_basis_{number}" for number in range(120)]
    found = short_names(names)
    assert list(found) == names
    assert len({short.lower() for short in found.values()}) == len(names)
    for short in found.values():
        assert 1 <= len(short) <= 10
        assert short.isascii()
    assert found["a b-c"] == "a_b_c"


# ---------------------------------------------------------------- whole or not at all


def test_what_was_there_survives_a_failure(tmp_path):
    path = tmp_path / "made.csv"
    path.write_text("before")
    with pytest.raises(OSError, match="full"), beside(path, ".csv") as made:
        fail_half_way(made)
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["made.csv"]


def fail_half_way(path):
    path.write_text("half")
    raise OSError("the disk is full")


FULL = """
import resource, signal, sys
from pathlib import Path
from layers.export import features, write
from layers.plan import Plan
content = features(Plan.open(Path(sys.argv[1])))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
failed = []
for name in sys.argv[3:]:
    try:
        write(name, content, Path(sys.argv[2]) / name)
    except OSError:
        failed.append(name)
sys.exit(0 if failed == sys.argv[3:] else str(failed))
"""


def test_a_full_disk_leaves_no_partial_file(sample, tmp_path):
    """A limit on the size of files stands for the disk: every format must say that it failed."""
    run = subprocess.run(
        [sys.executable, "-c", FULL, sample, tmp_path, *FEATURE_FORMATS],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert not list(tmp_path.iterdir())
