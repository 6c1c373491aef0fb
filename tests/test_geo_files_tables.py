"""Tables: headers as offices write them, positions in any spelling, values of their own type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import files
from geo.files import cells, delimited, wkt
from tests.bad_files import raw
from tests.ugly_files import rezipped, rows_of, workbook

DEGREES = "EPSG:4326"


def csv(folder: Path, text: str | bytes, **options: Any) -> files.Reading:
    return files.read(raw(text, "a.csv")(folder), **{"crs": DEGREES, **options})


def codes(reading: files.Reading) -> list[str]:
    return [problem.kind.code for problem in reading.problems]


def columns(reading: files.Reading) -> dict[str, list[Any]]:
    assert reading.frame is not None
    return {name: reading.frame[name].tolist() for name in reading.frame.columns[:-1]}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("120.3014", 120.3014),
        (" -1.5e2 ", -150),
        ("１２０．５", 120.5),
        ("528,123.45", 528_123.45),
        ("3,506,001", 3_506_001),
        ("120°18′05″", 120 + 18 / 60 + 5 / 3600),
        ("120°18'05.5\"E", 120 + 18 / 60 + 5.5 / 3600),
        ("120度18分5秒", 120 + 18 / 60 + 5 / 3600),
        ("东经120°18′05″", 120 + 18 / 60 + 5 / 3600),
        ("N31°40.5′", 31.675),
        ("31.5°S", -31.5),
        ("-31.5°", -31.5),
        (31, 31.0),
        ("1,23", None),
        ("12,3456", None),
        ("120°60′", None),
        ("120 18 05", None),
        ("nan", None),
        ("1e999", None),
        ("待定", None),
        (True, None),
        ("", None),
    ],
)
def test_a_coordinate(written: Any, value: float | None) -> None:
    found = cells.number(written)
    assert found == (None if value is None else pytest.approx(value, abs=1e-12))


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["1", "", "-2"], [1, None, -2]),
        (["1", "2.50"], [1.0, 2.5]),
        (["007", "8"], ["007", "8"]),
        (["320206198001010011", "1"], ["320206198001010011", "1"]),
        (["1", "二"], ["1", "二"]),
        (["1,000"], ["1,000"]),
        ([None, " "], [None, None]),
        ([" 路 "], ["路"]),
    ],
)
def test_the_type_of_a_column(values: list[Any], wanted: list[Any]) -> None:
    assert cells.typed(values) == wanted
    assert [*map(type, cells.typed(values))] == [*map(type, wanted)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_separator(mark: str, tmp_path: Path) -> None:
    text = '名称,经度,纬度\n"凤翔,北路",120.3,31.68\n'
    text = text.replace(",", mark).replace(f"翔{mark}", "翔,")
    reading = csv(tmp_path, text)
    assert columns(reading) == {"名称": ["凤翔,北路"]}
    assert codes(reading) == ["table-position"]


HEADERS = {
    "plain": ("编号,经度,纬度\n1,120.3,31.68\n", ["编号"], 2),
    "title": ("项目表,,\n\n编号,经度,纬度\n1,120.3,31.68\n", ["编号"], 4),
    "two titles": ("项目表,,,\n单位：个,,2026 年,\n编号,名称,lon,lat\n1,a,120.3,31.68\n",
                   ["编号", "名称"], 4),
    "groups": ("编号,坐标,,用地,\n,经度,纬度,类别,面积\n1,120.3,31.68,G1,5\n",
               ["编号", "用地 类别", "用地 面积"], 3),
    "no name": ("编号,,经度,纬度\n1,a,120.3,31.68\n", ["编号", "第2列"], 2),
    "empty column": ("编号,,经度,纬度\n1,,120.3,31.68\n", ["编号"], 2),
    "name twice": ("名称,名称,经度,纬度\na,b,120.3,31.68\n", ["名称", "名称_2"], 2),
    "unit": ("编号,经度(°),纬度（度）\n1,120.3,31.68\n", ["编号"], 2),
    "texts in the first row": ("编号,名称,备注,经度,纬度\n一,路,好,120.3,31.68\n",
                               ["编号", "名称", "备注"], 2),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_headers_of_a_csv(name: str, tmp_path: Path) -> None:
    text, names, number = HEADERS[name]
    reading = csv(tmp_path, text)
    assert list(columns(reading)) == names
    assert reading.frame is not None
    assert reading.frame.index.tolist() == [number]
    assert reading.frame.geometry.iloc[0].equals(shapely.Point(120.3, 31.68))


def test_rows_keep_the_numbers_of_the_sheet(tmp_path: Path) -> None:
    text = "x,y,n\n120.1,31.1,1\n\n120.2,坏,2\n,,3\n120.4,31.4,4\n"
    reading = csv(tmp_path, text)
    assert reading.rows == 4
    assert reading.frame is not None
    assert reading.frame.index.tolist() == [2, 5, 6]
    assert reading.frame.geometry.isna().tolist() == [False, True, False]
    assert [(p.row, p.field) for p in reading.problems if p.kind.severity == "error"] == [(4, "y")]


def test_a_geometry_in_one_column(tmp_path: Path) -> None:
    text = (
        "id;图形\n1;POLYGON ((120 31, 120.1 31, 120.1 31.1, 120 31))\n2;point z (120.3 31.6 5)\n"
        '3;"{""type"":""Point"",""coordinates"":[120.3,31.6]}"\n4;\n'
        "5;MULTIPOINT ((120 31), 120.1 31.1)\n6;GEOMETRYCOLLECTION (POINT (120 31))\n"
        "7;POINT EMPTY\n"
    )
    reading = csv(tmp_path, text)
    assert reading.frame is not None
    assert [None if one is None else one.geom_type for one in reading.frame.geometry] == [
        "Polygon", "Point", "Point", None, "MultiPoint", "GeometryCollection", "Point",
    ]  # fmt: skip
    assert codes(reading) == ["height-dropped", "table-position"]


def test_columns_that_a_person_names(tmp_path: Path) -> None:
    text = "起点经度,起点纬度,终点经度,终点纬度\n120.1,31.1,120.2,31.2\n"
    assert codes(csv(tmp_path, text)) == ["table-columns"]
    reading = csv(tmp_path, text, columns=["终点经度", "终点纬度"])
    assert reading.frame is not None
    assert reading.frame.geometry.iloc[0].equals(shapely.Point(120.2, 31.2))
    assert columns(reading) == {"起点经度": [120.1], "起点纬度": [31.1]}
    assert codes(csv(tmp_path, text, columns=["经度", "纬度"])) == ["table-columns-missing"]


def test_utf16_of_a_spreadsheet(tmp_path: Path) -> None:
    text = "名称\t经度\t纬度\n路\t120.3\t31.68\n".encode("utf-16")
    assert codes(csv(tmp_path, text)) == ["encoding-utf-16"]
    assert columns(csv(tmp_path, text, encoding="utf-16")) == {"名称": ["路"]}


def test_the_previews_of_an_encoding(tmp_path: Path) -> None:
    look = files.look(raw("名称,x,y\n凤翔北路,1,2\n".encode("gb18030"), "a.csv")(tmp_path))
    assert look.encoding == "gb18030"
    assert look.previews[0].reads
    assert look.previews[0].names == ("名称", "凤翔北路")
    assert look.columns == ("x", "y")
    assert [field.name for field in look.fields] == ["名称"]


@given(st.text(alphabet="POINTLESYG Z(),.0123456789-e", max_size=60))
def test_no_text_breaks_the_parser_of_wkt(text: str) -> None:
    try:
        found = wkt.geometry_of(text)
    except wkt.WktError:
        return
    assert found["type"] in {"Point", "LineString", "Polygon", "MultiPoint", "GeometryCollection"}


def test_the_separator_of_nothing() -> None:
    assert delimited.separator("") in ",;\t|"


# ---------------------------------------------------------------- workbooks


def book(folder: Path, *rows: Any, **options: Any) -> files.Reading:
    return files.read(workbook(folder, rows_of(*rows)), **{"crs": DEGREES, **options})


def test_values_keep_their_types(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        day = made.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
        money = made.add_format({"num_format": '#,##0.00 "元/day"'})
        sheet.write_row(
            0, 0, ["经度", "纬度", "编号", "整", "小数", "日期", "时刻", "真", "公式", "钱"]
        )
        sheet.write_row(1, 0, [120.3, 31.68, "007", 5, 2.5])
        sheet.write_number(1, 5, 45_413, day)
        sheet.write_number(1, 6, 45_413.5, day)
        sheet.write_boolean(1, 7, True)
        sheet.write_formula(1, 8, "=1+1", None, 2)
        sheet.write_number(1, 9, 45_413, money)

    reading = files.read(workbook(tmp_path, fill), crs=DEGREES)
    assert columns(reading) == {
        "编号": ["007"], "整": [5], "小数": [2.5], "日期": ["2024-05-01"],
        "时刻": ["2024-05-01T12:00:00"], "真": [True], "公式": [2], "钱": [45_413],
    }  # fmt: skip
    assert [type(values[0]) for values in columns(reading).values()] == [
        str, int, float, str, str, bool, int, int,
    ]  # fmt: skip


def test_merged_headers_and_cells(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.merge_range("A1:E1", "惠山区项目一览表")
        sheet.merge_range("A2:A3", "镇")
        sheet.merge_range("B2:B3", "名称")
        sheet.merge_range("C2:D2", "坐标")
        sheet.merge_range("E2:E3", "备注")
        sheet.write_row(2, 2, ["经度", "纬度"])
        sheet.merge_range("A4:A5", "堰桥")
        sheet.write_row(3, 1, ["桑园", 120.3, 31.68])
        sheet.write_row(4, 1, ["梅园", 120.31, 31.69, "好"])

    reading = files.read(workbook(tmp_path, fill), crs=DEGREES)
    assert columns(reading) == {
        "镇": ["堰桥", "堰桥"], "名称": ["桑园", "梅园"], "备注": [None, "好"],
    }  # fmt: skip
    assert codes(reading) == ["table-titles", "table-merged", "table-position"]
    assert reading.frame is not None
    assert reading.frame.index.tolist() == [4, 5]


def test_formulas_that_failed_or_were_never_calculated(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["x", "y", "n"])
        sheet.write_row(1, 0, [1, 2])
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, [1, 2])
        sheet.write_formula(2, 2, "=A1", None, "=?")

    path = workbook(tmp_path, fill)
    rezipped(path, lambda _, content: content.replace(b"<v>=?</v>", b"").replace(b' t="str"', b""))
    reading = files.read(path, crs="EPSG:4549")
    told = [(p.row, p.kind.code) for p in reading.problems if p.kind.severity == "error"]
    assert told == [(2, "cell-error"), (3, "cell-error")]


def test_sheets_are_asked_for(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["x", "y"])
        other = made.add_worksheet("道路")
        made.add_worksheet("Sheet3")
        for row in (["x", "y"], [120.1, 31.1], [120.2, 31.2]):
            other.write_row(other.dim_rowmax + 1 if other.dim_rowmax is not None else 0, 0, row)

    path = workbook(tmp_path, fill)
    assert codes(files.read(path, crs=DEGREES)) == ["layers-several"]
    assert files.read(path, crs=DEGREES, layer="道路").rows == 2
    look = files.look(path)
    assert (look.layer, look.rows) == ("道路", 2)
    assert [layer.name for layer in look.layers] == ["项目", "道路", "Sheet3"]


def test_a_declared_size_is_not_believed(tmp_path: Path) -> None:
    path = workbook(tmp_path, rows_of(["x", "y"], [120.1, 31.1]))
    rezipped(path, lambda _, content: content.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    reading = files.read(path, crs=DEGREES)
    assert reading.rows == 1


def test_dates_from_1904(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["x", "y", "日期"])
        sheet.write_row(1, 0, [120.1, 31.1])
        sheet.write_number(1, 2, 43_951, made.add_format({"num_format": 14}))

    path = workbook(tmp_path, fill, date_1904=True)
    assert columns(files.read(path, crs=DEGREES)) == {"日期": ["2024-05-01"]}
