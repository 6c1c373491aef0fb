"""Shapefiles that can be read: beside each other, packed, in GBK, with holes in the table."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import files
from geo.files import Reading
from tests.bad_files import METRIC, NAMES, changed, frame, in_gbk, packed, table, write_shapefile
from tests.test_geo_files_geojson import FUZZ, read_and_account

DRIVERS = {".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".fgb": "FlatGeobuf"}


def values(reading: Reading, name: str) -> list[Any]:
    assert reading.frame is not None, [problem.message("en") for problem in reading.problems]
    return reading.frame[name].tolist()


def codes(reading: Reading) -> list[str]:
    return [problem.kind.code for problem in reading.problems]


def test_a_sound_shapefile(tmp_path: Path) -> None:
    reading = files.read(write_shapefile(tmp_path))
    assert reading.problems == ()
    assert (reading.driver, reading.rows) == ("ESRI Shapefile", 3)
    assert values(reading, "name") == list(NAMES)
    assert values(reading, "code") == ["007", "008", None]
    assert values(reading, "count") == [1, 2, 3]
    assert reading.frame is not None
    assert reading.frame.crs == METRIC
    assert reading.frame.index.tolist() == [1, 2, 3]
    assert shapely.equals(reading.frame.geometry.values, frame().geometry.values).all()


def test_no_rows(tmp_path: Path) -> None:
    reading = files.read(write_shapefile(tmp_path, frame().iloc[:0], geometry_type="Polygon"))
    assert reading.problems == ()
    assert reading.frame is not None
    assert (len(reading.frame), reading.rows) == (0, 0)


def test_size_and_hash_are_of_all_parts(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path)
    before = files.read(path)
    parts = [path.with_suffix(suffix) for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg")]
    assert before.size_bytes == sum(part.stat().st_size for part in parts)
    path.with_suffix(".cpg").write_text("utf8")
    after = files.read(path)
    assert after.problems == ()
    assert after.sha256 != before.sha256


def test_gbk_is_read_where_the_cpg_is_true_or_a_person_says_so(tmp_path: Path) -> None:
    for label, options in (("GBK", {}), ("936", {}), (None, {"encoding": "gbk"})):
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        reading = files.read(in_gbk(label)(tmp_path), **options)
        assert reading.problems == ()
        assert values(reading, "name") == list(NAMES)


def test_the_preview_shows_the_names_both_ways(tmp_path: Path) -> None:
    (problem,) = files.read(in_gbk(None)(tmp_path)).problems
    assert problem.kind.code == "encoding-unknown"
    assert "凤翔北路、惠山大道" in str(problem.values["gbk"])
    assert "凤翔北路, 惠山大道" in problem.message("en")
    assert "--encoding gbk" in problem.hint()


def test_plain_ascii_needs_no_cpg(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, frame(name=["a", "b", "c"]))
    path.with_suffix(".cpg").unlink()
    reading = files.read(path)
    assert reading.problems == ()
    assert values(reading, "name") == ["a", "b", "c"]


def test_a_crs_that_a_person_names(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path)
    assert files.read(path, crs="EPSG:4549").problems == ()
    path.with_suffix(".prj").unlink()
    reading = files.read(path, crs="EPSG:4528")
    assert reading.frame is not None
    assert reading.frame.crs == "EPSG:4528"


@pytest.mark.parametrize("wrong", [None, b"PROJCS[oops"])
@pytest.mark.parametrize("write", ["layer.shp", "layer.gpkg", "layer.fgb"])
def test_a_person_goes_before_what_the_file_declares(
    write: str, wrong: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / write
    frame(name=["a", "b", "c"]).to_file(path, driver=DRIVERS[path.suffix])
    if wrong is not None:
        if path.suffix != ".shp":
            pytest.skip("the others hold no words of their own")
        path.with_suffix(".prj").write_bytes(wrong)
    reading = files.read(path, crs="EPSG:4547")
    (told,) = reading.problems
    assert (told.kind.code, told.kind.severity) == ("crs-overridden", "note")
    assert "EPSG:4547" in told.message("en")
    assert reading.frame is not None
    assert reading.frame.crs == "EPSG:4547"


def test_all_faults_at_once(tmp_path: Path) -> None:
    path = in_gbk(None)(tmp_path)
    path.with_suffix(".prj").unlink()
    path.with_suffix(".shx").write_bytes(path.with_suffix(".shx").read_bytes()[:-8])
    assert codes(files.read(path)) == ["crs-missing", "encoding-unknown", "shapefile-counts"]


def test_values_of_every_type(tmp_path: Path) -> None:
    data = frame(
        whole=[2**53 + 1, 5, -7],
        number=[0.5, np.nan, 1e-7],
        truth=[True, False, True],
        text=["a b ", "", None],
    )
    reading = files.read(write_shapefile(tmp_path, data))
    assert reading.problems == ()
    assert values(reading, "whole") == [2**53 + 1, 5, -7]
    assert values(reading, "number") == [0.5, None, pytest.approx(1e-7)]
    assert values(reading, "truth") == [True, False, True]
    assert values(reading, "text") == ["a b", None, None]


def test_cells_of_every_type_and_empty_ones(tmp_path: Path) -> None:
    fields = [
        ("day", "D", 8, 0),
        ("n", "N", 18, 0),
        ("r", "N", 9, 3),
        ("f", "F", 9, 2),
        ("l", "L", 1, 0),
    ]
    content = table(
        fields,
        [b"20210218", b"9007199254740993", b"2.500", b"1e3", b"T"],
        [b"00000000", b"******************", b"", b"-.5", b"?"],
        [b"", b"", b"7", b"", b"n"],
    )
    reading = files.read(changed(dbf=lambda _: content)(tmp_path))
    assert reading.problems == ()
    assert values(reading, "day") == ["2021-02-18", None, None]
    assert values(reading, "n") == [2**53 + 1, None, None]
    assert {type(value) for value in values(reading, "n")} == {int, type(None)}
    assert values(reading, "r") == [2.5, None, 7.0]
    assert values(reading, "f") == [1000.0, -0.5, None]
    assert values(reading, "l") == [True, None, False]


def test_cells_that_are_none_of_their_type(tmp_path: Path) -> None:
    fields = [("a", "D", 8, 0), ("b", "N", 30, 0), ("c", "F", 9, 0), ("d", "L", 1, 0)]
    content = table(
        fields,
        [b"18.2.21", b"9" * 25, b"1e999", b"x"],
        [b"20210218", b"1", b"1", b"T"],
        [b"20210218", b"1", b"nan", b"T"],
    )
    reading = files.read(changed(dbf=lambda _: content)(tmp_path))
    assert [(p.row, p.field, p.kind.code) for p in reading.problems] == [
        (1, "a", "value-unreadable"),
        (1, "b", "number-too-big"),
        (1, "c", "number-not-finite"),
        (1, "d", "value-unreadable"),
        (3, "c", "value-unreadable"),
    ]
    assert reading.rows == 3
    assert reading.frame is not None
    assert reading.frame.index.tolist() == [2]


def test_rows_without_shape_and_shapes_of_many_parts(tmp_path: Path) -> None:
    data = frame()
    two = shapely.MultiPolygon([shapely.box(0, 0, 9, 9), shapely.box(20, 0, 29, 9)])
    data.geometry = [two, None, shapely.box(0, 0, 90, 90).difference(shapely.box(9, 9, 19, 19))]
    reading = files.read(write_shapefile(tmp_path, data))
    assert reading.problems == ()
    assert reading.frame is not None
    assert reading.frame.geometry.iloc[0].equals(two)
    assert reading.frame.geometry.iloc[1] is None
    assert len(reading.frame.geometry.iloc[2].interiors) == 1


def test_heights_and_measures_come_as_they_are(tmp_path: Path) -> None:
    lines = gpd.GeoDataFrame(
        {"n": [1]}, geometry=[shapely.LineString([(0, 0, 5), (1, 1, 6)])], crs=METRIC
    )
    reading = files.read(write_shapefile(tmp_path, lines))
    assert reading.frame is not None
    assert reading.frame.geometry.has_z.all()


def test_deleted_rows_are_told(tmp_path: Path) -> None:
    def delete_second(content: bytes) -> bytes:
        header, width = (int.from_bytes(content[at : at + 2], "little") for at in (8, 10))
        at = header + width
        return content[:at] + b"*" + content[at + 1 :]

    reading = files.read(changed(dbf=delete_second)(tmp_path))
    assert codes(reading) == ["rows-deleted"]
    assert reading.rows == 2
    assert reading.frame is not None
    assert reading.frame.index.tolist() == [1, 3]
    assert values(reading, "count") == [1, 3]


def test_a_text_cut_in_the_middle_of_a_character(tmp_path: Path) -> None:
    """Some programs fill a field to its last byte and cut what is left."""
    path = write_shapefile(tmp_path, frame(name=["凤翔" * 3, "b", "c"]), encoding="GBK")
    table = path.with_suffix(".dbf")
    content = table.read_bytes()
    start = int.from_bytes(content[8:10], "little") + 1
    width = content[32 + 16]
    text = b"a" * ((width + 1) % 2) + ("路" * 200).encode("gbk")
    table.write_bytes(content[:start] + text[:width] + content[start + width :])
    reading = files.read(path)
    assert codes(reading) == ["text-cut"]
    assert reading.problems[0].row == 1
    assert reading.problems[0].kind.severity == "warning"
    assert str(values(reading, "name")[0]).endswith("路路路")


def test_fields_of_one_name_are_told_apart(tmp_path: Path) -> None:
    def rename(content: bytes) -> bytes:
        return content.replace(b"code\0", b"NAME\0", 1)

    reading = files.read(changed(dbf=rename)(tmp_path))
    assert codes(reading) == ["field-renamed"]
    assert values(reading, "name") == list(NAMES)
    assert values(reading, "NAME_2") == ["007", "008", None]


def test_a_memo_field_is_told(tmp_path: Path) -> None:
    def memo(content: bytes) -> bytes:
        at = content.index(b"code\0") + 11
        return content[:at] + b"M" + content[at + 1 :]

    reading = files.read(changed(dbf=memo)(tmp_path))
    assert codes(reading) == ["field-binary"]
    assert reading.frame is not None
    assert "code" not in reading.frame


@pytest.mark.parametrize("folder", ["", "data/路/"])
def test_packed_in_a_folder_or_not_with_litter_beside(tmp_path: Path, folder: str) -> None:
    def litter(archive: zipfile.ZipFile, inside: Path) -> None:
        archive.writestr("__MACOSX/data/._layer.shp", b"x")
        archive.writestr("data/", b"")
        archive.writestr("readme.txt", b"x" * 1000)
        archive.writestr(".DS_Store", b"x")

    reading = files.read(packed(litter, folder)(tmp_path))
    assert reading.problems == ()
    assert reading.driver == "ESRI Shapefile"
    assert values(reading, "name") == list(NAMES)


def test_suffixes_in_capitals(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path)
    for part in list(tmp_path.iterdir()):
        part.rename(part.with_suffix(part.suffix.upper()))
    reading = files.read(path.with_suffix(".SHP"))
    assert reading.problems == ()
    assert values(reading, "name") == list(NAMES)


@FUZZ
@given(
    st.sampled_from([".shp", ".shx", ".dbf", ".prj", ".cpg"]),
    st.integers(0, 600),
    st.binary(min_size=1, max_size=8),
)
def test_no_changed_byte_ends_in_a_traceback(
    tmp_path: Path, suffix: str, at: int, noise: bytes
) -> None:
    path = tmp_path / "layer.shp"
    if not path.exists():
        write_shapefile(tmp_path)
    part = path.with_suffix(suffix)
    whole = part.read_bytes()
    try:
        part.write_bytes(whole[:at] + noise + whole[at + len(noise) :])
        read_and_account(path)
    finally:
        part.write_bytes(whole)
