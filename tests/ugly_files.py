"""Files as they come: drawn, exported and mailed by people who never heard of Huitu, and traps.

``CASES`` are files that must be refused; the other makers write what must be read, so that the
tests can compare it with what was put in.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ezdxf
import geopandas as gpd
import shapely
import xlsxwriter

from geo.datum import wgs84_to_gcj02
from tests.bad_files import BadFile, Make, frame, in_gbk, raw, with_blob, write_shapefile

#: Longitude and latitude (WGS 84) of three stations in the zone, as put in.
STATIONS = {"惠山站": (120.2968, 31.6712), "堰桥": (120.2921, 31.6889), "西漳": (120.3004, 31.6655)}
LOCAL_SQUARE = [(1000.0, 2000.0), (1090.0, 2000.0), (1090.0, 2090.0), (1000.0, 2090.0)]


def gbk_without_cpg_and_prj(folder: Path) -> Path:
    path = in_gbk(None)(folder)
    path.with_suffix(".prj").unlink()
    return path


def in_gcj02() -> list[tuple[str, float, float]]:
    return [
        (name, *(float(part) for part in wgs84_to_gcj02(lon, lat)))
        for name, (lon, lat) in STATIONS.items()
    ]


def gcj02_csv(folder: Path) -> Path:
    """A sheet saved as CSV: a BOM, a title, a header of two rows, an empty row, a total."""
    rows = [f"{n:03d},{name},{lon:.8f},{lat:.8f}," for n, (name, lon, lat) in enumerate(in_gcj02())]
    lines = ["地铁站点一览表,,,,", "编号,名称,坐标（高德）,,备注", ",,经度,纬度,", *rows, ",,,,"]
    return raw("\ufeff" + "\r\n".join(lines) + "\r\n", "站点.csv")(folder)


def kml_text(*inside: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"'
        ' xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>导出</name>'
        f"{''.join(inside)}</Document></kml>"
    )


def placemark(geometry: str, *more: str) -> str:
    return f"<Placemark>{''.join(more)}{geometry}</Placemark>"


def kml_point(lon: float, lat: float, *rest: float) -> str:
    return f"<Point><coordinates>{','.join(map(repr, (lon, lat, *rest)))}</coordinates></Point>"


def kml_in_three_dimensions(folder: Path) -> Path:
    marks = [
        placemark(kml_point(lon, lat, 12.5), f"<name>{name}</name>")
        for name, (lon, lat) in STATIONS.items()
    ]
    return raw(kml_text(*marks), "站点.kml")(folder)


def geopackage_in_4528(folder: Path) -> Path:
    path = folder / "layer.gpkg"
    frame().to_crs("EPSG:4528").to_file(path, driver="GPKG")
    return path


def drawing(version: str = "R2010", **header: Any) -> Any:
    made = ezdxf.new(version)
    for name, value in header.items():
        made.header[f"${name}"] = value
    return made


def saved(made: Any, folder: Path, **options: Any) -> Path:
    path = folder / "drawing.dxf"
    made.saveas(path, **options)
    return path


def drawing_in_local_metres(folder: Path) -> Path:
    made = drawing()
    model = made.modelspace()
    model.add_lwpolyline(LOCAL_SQUARE, close=True, dxfattribs={"layer": "地块"})
    model.add_text("桑园").set_placement(LOCAL_SQUARE[0])
    return saved(made, folder)


def sites_with_bow_ties(folder: Path) -> Path:
    """Three sites of a designer: a sound one, one whose ring runs around a pond, a bow tie."""
    west, south = 528_000, 3_506_000
    sound = shapely.box(west, south, west + 90, south + 90)
    pond = shapely.Polygon([(west + 200, south), (west + 300, south), (west + 300, south + 100),
                            (west + 250, south + 100), (west + 260, south + 60),
                            (west + 240, south + 60), (west + 250, south + 100),
                            (west + 200, south + 100)])  # fmt: skip
    tie = shapely.Polygon([(west + 400, south), (west + 490, south + 90), (west + 490, south),
                           (west + 400, south + 90)])  # fmt: skip
    names = ["沿河改造地块", "带水塘地块", "蝶形地块"]
    data = gpd.GeoDataFrame({"MC": names}, geometry=[sound, pond, tie], crs="EPSG:4549")
    return zipped(write_shapefile(folder, data))


def zipped(shapefile: Path) -> Path:
    """The parts of a Shapefile in one archive."""
    packed = shapefile.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w") as archive:
        for part in shapefile.parent.glob(f"{shapefile.stem}.*"):
            if part != packed:
                archive.write(part, part.name)
    return packed


def bow_ties(folder: Path) -> Path:
    tie = shapely.Polygon([(528_000, 3_506_000), (528_090, 3_506_090), (528_090, 3_506_000),
                           (528_000, 3_506_090)])  # fmt: skip
    data = gpd.GeoDataFrame({"name": ["蝶"]}, geometry=[tie], crs="EPSG:4549")
    return write_shapefile(folder, data)


# ---------------------------------------------------------------- workbooks


def workbook(folder: Path, fill: Callable[[Any, Any], object], **options: Any) -> Path:
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path, options) as book:
        fill(book, book.add_worksheet("项目"))
    return path


def rows_of(*rows: Sequence[Any]) -> Callable[[Any, Any], None]:
    def fill(book: Any, sheet: Any) -> None:
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return fill


def rezipped(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Change members of an archive, and leave the rest of it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    path.write_bytes(buffer.getvalue())
    return path


def book_with(change: Callable[[str, bytes], bytes]) -> Make:
    def make(folder: Path) -> Path:
        return rezipped(workbook(folder, rows_of(["名称", "x", "y"], ["站", 120.3, 31.68])), change)

    return make


def in_member(part: str, old: bytes, new: bytes) -> Make:
    def change(name: str, content: bytes) -> bytes:
        if part in name:
            assert old in content
        return content.replace(old, new, 1) if part in name else content

    return book_with(change)


_DTD = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_FAR_CELL = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
_BACKWARDS = b'<row r="1"><c r="A1"><v>1</v></c></row></sheetData>'


def kmz(**members: bytes) -> Make:
    def make(folder: Path) -> Path:
        path = folder / "a.kmz"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name.replace("_", "."), content)
        return path

    return make


# ---------------------------------------------------------------- FlatGeobuf


def write_flatgeobuf(folder: Path, data: gpd.GeoDataFrame | None = None, **options: Any) -> Path:
    path = folder / "layer.fgb"
    (frame() if data is None else data).to_file(path, driver="FlatGeobuf", **options)
    return path


def flatgeobuf(change: Callable[[bytes], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = write_flatgeobuf(folder)
        path.write_bytes(change(path.read_bytes()))
        return path

    return make


def _put(at: int, code: str, value: int) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        size = struct.calcsize(code)
        return content[:at] + struct.pack(code, value) + content[at + size :]

    return change


def _first_feature(content: bytes) -> int:
    """Where the first feature stands: header, then a tree of three leaves and a root."""
    (header,) = struct.unpack_from("<I", content, 8)
    return 12 + int(header) + 4 * 40


# ---------------------------------------------------------------- refused


def _laughs() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY l0 "ha">{levels}]><kml>&l9;</kml>'.encode()
    )


def _many_entities(folder: Path) -> Path:
    point = b"  0\nPOINT\n 10\n1.0\n 20\n1.0\n"
    body = b"  0\nSECTION\n  2\nENTITIES\n" + point * 500_001 + b"  0\nENDSEC\n  0\nEOF\n"
    return raw(body, "many.dxf")(folder)


def block_array(folder: Path) -> Path:
    """One entity that stands for ten million."""
    made = drawing()
    made.blocks.new("树").add_circle((0, 0), 1)
    array = {"row_count": 10_000, "column_count": 1_000, "row_spacing": 1, "column_spacing": 1}
    made.modelspace().add_blockref("树", (0, 0), dxfattribs=array)
    return saved(made, folder)


def _cut_drawing(folder: Path) -> Path:
    path = drawing_in_local_metres(folder)
    path.write_bytes(path.read_bytes()[:-30])
    return path


def _old_gbk_drawing(folder: Path) -> Path:
    made = drawing("R2000")
    made.modelspace().add_text("凤翔北路")
    path = saved(made, folder, encoding="gbk")
    path.write_bytes(path.read_bytes().replace(b"ANSI_936", b"ANSI_1252"))
    return path


_EXTERNAL = '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml><name>&x;</name></kml>'
_WKT = "id;wkt\n1;POINT (120.3 31.68)\n2;"
_METRES: Mapping[str, str] = {"crs": "EPSG:4549"}
_DEGREES: Mapping[str, str] = {"crs": "EPSG:4326"}
_TWO_X = "x,名称,经度,纬度,y\n1,站,120.3,31.68,2\n"

CASES = (
    BadFile("billion laughs", "xml-doctype", raw(_laughs(), "a.kml")),
    BadFile("external entity", "xml-doctype", raw(_EXTERNAL, "a.kml")),
    BadFile("undeclared entity", "xml-doctype", raw(kml_text("<name>&x;</name>"), "a.kml")),
    BadFile("cut KML", "xml-syntax", raw(kml_text("<Placemark>"), "a.kml")),
    BadFile("folders 100,000 deep", "xml-depth", raw(kml_text("<Folder>" * 100_000), "a.kml")),
    BadFile("KML in GBK", "encoding-unknown", raw(kml_text("惠山区").encode("gbk"), "a.kml")),
    BadFile(
        "KML with a word for a number",
        "position-malformed",
        raw(kml_text(placemark("<Point><coordinates>120.3,北</coordinates></Point>")), "a.kml"),
    ),
    BadFile("a track", "geometry-type-unknown", raw(kml_text(placemark("<gx:Track/>")), "a.kml")),
    BadFile(
        "KML, axes swapped", "axes-swapped", raw(kml_text(placemark(kml_point(31, 120))), "a.kml")
    ),
    BadFile("KMZ bomb", "archive-inflates", kmz(doc_kml=b" " * 60_000_000)),
    BadFile("two KML in a KMZ", "layers-several", kmz(a_kml=b"<kml/>", b_kml=b"<kml/>")),
    BadFile("KMZ in a KMZ", "archive-member", kmz(a_kml=b"<kml/>", b_kmz=b"PK")),
    BadFile("GML", "file-type", raw("<?xml version='1.0'?><gml:x/>", "a.kml")),
    BadFile(
        "workbook bomb", "archive-inflates", in_member("sheet1", b"<sheetData>", b" " * 60_000_000)
    ),
    BadFile(
        "DTD in a sheet", "xml-doctype", in_member("sheet1", b"<worksheet", _DTD + b"<worksheet")
    ),
    BadFile("DTD in the texts", "xml-doctype", in_member("sharedStr", b"<sst", _DTD + b"<sst")),
    BadFile(
        "a cell at XFD1048576",
        "fields-too-many",
        in_member("sheet1", b"</sheetData>", _FAR_CELL),
        _DEGREES,
    ),
    BadFile(
        "rows backwards", "file-damaged", in_member("sheet1", b"</sheetData>", _BACKWARDS), _DEGREES
    ),
    BadFile(
        "no such text", "file-damaged", in_member("sheet1", b"<v>0</v>", b"<v>99</v>"), _DEGREES
    ),
    BadFile(
        "reference that is none",
        "file-damaged",
        in_member("sheet1", b'r="A1"', b'r="1A"'),
        _DEGREES,
    ),
    BadFile(
        "sheet outside",
        "workbook-empty",
        in_member("workbook.xml.rels", b"worksheets/", b"../../etc/"),
    ),
    BadFile("workbook without CRS", "crs-missing", book_with(lambda name, content: content)),
    BadFile(
        "CSV of a million columns",
        "fields-too-many",
        raw(",".join(["a"] * 1_000_000) + "\n", "a.csv"),
    ),
    BadFile("CSV without CRS", "crs-missing", raw("x,y\n1,2\n", "a.csv")),
    BadFile("CSV in GBK", "encoding-unknown", raw("名称,x,y\n路,1,2\n".encode("gbk"), "a.csv")),
    BadFile("CSV without a header", "table-header", raw("1,2\n3,4\n", "a.csv"), _METRES),
    BadFile("CSV without a position", "table-columns", raw("id,name\n1,路\n", "a.csv"), _METRES),
    BadFile("CSV with two positions", "table-columns", raw(_TWO_X, "a.csv"), _METRES),
    BadFile("open quote", "csv-quotes", raw('x,y,z\n1,2,"a\n', "a.csv"), _METRES),
    BadFile("a cell too many", "table-row-long", raw("x,y\n1,2\n3,4\n1,2,3\n", "a.csv"), _METRES),
    BadFile("a word for a coordinate", "cell-coordinate", raw("x,y\n1,待定\n", "a.csv"), _METRES),
    BadFile("61 minutes", "cell-coordinate", raw("x,y\n120°61′,31°\n", "a.csv"), _DEGREES),
    BadFile("half a position", "cell-coordinate-missing", raw("x,y\n1,\n", "a.csv"), _METRES),
    BadFile("degrees swapped", "axes-swapped", raw("x,y\n31.68,120.3\n", "a.csv"), _DEGREES),
    BadFile(
        "NUL in a cell",
        "character-not-allowed",
        raw("x,y,z\n1,2,路" + "路" * 8192 + "\0\n", "a.csv"),
        _METRES,
    ),
    BadFile(
        "WKT 100,000 deep",
        "cell-geometry",
        raw(_WKT + "GEOMETRYCOLLECTION(" * 100_000, "a.csv"),
        _DEGREES,
    ),
    BadFile("brackets in WKT", "cell-geometry", raw(_WKT + "(" * 100_000, "a.csv"), _DEGREES),
    BadFile(
        "WKT with SRID", "cell-geometry", raw(_WKT + '"SRID=4549;POINT (1 2)"', "a.csv"), _DEGREES
    ),
    BadFile("WKT with measures", "cell-geometry", raw(_WKT + "POINT M (1 2 3)", "a.csv"), _DEGREES),
    BadFile(
        "curve in WKT",
        "cell-geometry",
        raw(_WKT + "CIRCULARSTRING (0 0, 1 1, 2 0)", "a.csv"),
        _DEGREES,
    ),
    BadFile(
        "ring too short in WKT",
        "ring-too-short",
        raw(_WKT + "POLYGON ((1 2, 3 4))", "a.csv"),
        _DEGREES,
    ),
    BadFile(
        "JSON 100,000 deep in a cell",
        "cell-geometry",
        raw(_WKT + '{"a":' * 100_000, "a.csv"),
        _DEGREES,
    ),
    BadFile("cut drawing", "file-damaged", _cut_drawing),
    BadFile("drawing of letters", "file-damaged", raw("0\nSECTION\nx\ny\n0\nEOF\n", "a.dxf")),
    BadFile("500,001 entities", "dxf-entities-too-many", _many_entities),
    BadFile("an array of ten million blocks", "dxf-block-array", block_array, _METRES),
    BadFile("drawing without CRS", "crs-missing", drawing_in_local_metres),
    BadFile("drawing in GBK that says Latin 1", "encoding-unknown", _old_gbk_drawing, _METRES),
    BadFile("binary drawing", "file-type", raw(b"AutoCAD Binary DXF\r\n\x1a\0", "a.dxf")),
    BadFile("cut FlatGeobuf", "file-damaged", flatgeobuf(lambda content: content[:-7])),
    BadFile("FlatGeobuf of a header", "file-damaged", flatgeobuf(lambda content: content[:20])),
    BadFile(
        "surplus in FlatGeobuf", "file-damaged", flatgeobuf(lambda content: content + b"\0" * 9)
    ),
    BadFile(
        "header of 4,000 million bytes", "file-damaged", flatgeobuf(_put(8, "<I", 4_000_000_000))
    ),
    BadFile(
        "feature of 4,000 million bytes",
        "file-damaged",
        flatgeobuf(lambda content: _put(_first_feature(content), "<I", 4_000_000_000)(content)),
    ),
    BadFile(
        "a row less than the header says",
        "file-damaged",
        flatgeobuf(lambda content: content[: content.rindex(struct.pack("<I", _last(content)))]),
    ),
    BadFile("blob of a track", "geometry-unreadable", with_blob(b"GP\0\1" + b"\0" * 60)),
)


def _last(content: bytes) -> int:
    """Bytes of the last feature."""
    at = _first_feature(content)
    while True:
        (size,) = struct.unpack_from("<I", content, at)
        at += 4 + size
        if at == len(content):
            return int(size)
