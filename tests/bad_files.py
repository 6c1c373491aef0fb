"""Files that are wrong, one fault each: made on the spot, never kept.

``CASES`` names each with the code of the problem that must tell it. A case writes its file into an
empty folder and returns the path to read.
"""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import stat
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

#: A square of 0.01 degrees in the zone, counter-clockwise and closed.
SQUARE = [[120.30, 31.68], [120.31, 31.68], [120.31, 31.69], [120.30, 31.69], [120.30, 31.68]]
METRIC = "EPSG:4549"
NAMES = ("凤翔北路", "惠山大道", "中惠路")

Make = Callable[[Path], Path]


@dataclass(frozen=True)
class BadFile:
    """A fault, how to make a file with it, and the code that must tell it."""

    name: str
    code: str
    make: Make
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


# ---------------------------------------------------------------- GeoJSON


def polygon(coordinates: Any = None) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [SQUARE] if coordinates is None else coordinates}


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    shape = polygon() if geometry is None else geometry
    return {"type": "Feature", "geometry": shape, "properties": properties or {"id": "P01"}}


def collection(*features: Any, **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", **members, "features": list(features)}


def text_of(*features: Any, **members: Any) -> str:
    return json.dumps(collection(*features, **members), ensure_ascii=False)


def raw(content: bytes | str, name: str = "layer.geojson") -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def geojson(*features: Any, **members: Any) -> Make:
    return raw(text_of(*features, **members))


def shape(kind: str, coordinates: Any) -> Make:
    return geojson(feature({"type": kind, "coordinates": coordinates}))


def ring(*positions: Any) -> Make:
    return shape("Polygon", [list(positions)])


def property_text(written: str) -> Make:
    """Write a collection whose only property is this piece of text."""
    return raw(text_of(feature(hole=1)).replace('"hole": 1', written))


def moved(positions: Iterable[Iterable[float]], to: Callable[[float, float], Any]) -> list[Any]:
    return [to(x, y) for x, y in positions]


def many_vertices(count: int) -> list[list[float]]:
    turn = np.linspace(0, 2 * np.pi, count)
    where = np.column_stack([120.3 + 0.01 * np.cos(turn), 31.68 + 0.01 * np.sin(turn)])
    where[-1] = where[0]
    return where.round(9).tolist()


def large_ring(count: int) -> Make:
    """Made when it is asked for: the vertices take seconds, and most tests want none of them."""

    def make(folder: Path) -> Path:
        return ring(*many_vertices(count))(folder)

    return make


def deep(levels: int) -> str:
    return text_of(feature(hole=1)).replace("1}", "[" * levels + "]" * levels + "}")


def metres(x: float, y: float) -> Make:
    return ring(*([x + dx, y + dy] for dx, dy in ((0, 0), (90, 0), (90, 90), (0, 90), (0, 0))))


_WHOLE = text_of(feature(id="P01", name=NAMES[0]), feature(id="P02"))
_CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
_LINK = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "proj4"}}
_NESTED_COLLECTION = {
    "type": "GeometryCollection",
    "geometries": [{"type": "GeometryCollection", "geometries": []}],
}

GEOJSON = (
    BadFile("no bytes", "file-empty", raw(b"")),
    BadFile("cut in a text", "json-truncated", raw(_WHOLE[: _WHOLE.index("P02") + 1])),
    BadFile(
        "cut in a word", "json-truncated", raw(_WHOLE[: _WHOLE.index('"geometry"')] + '"x": tr')
    ),
    BadFile("cut after a feature", "json-truncated", raw(_WHOLE[:-3])),
    BadFile("cut in an escape", "json-truncated", raw('{"type": "Feature\\u00')),
    BadFile("comma too many", "json-syntax", raw(_WHOLE.replace("}]", "},]"))),
    BadFile("two documents", "json-syntax", raw(_WHOLE + _WHOLE)),
    BadFile("single quotes", "json-syntax", raw(_WHOLE.replace('"', "'"))),
    BadFile("number with a leading zero", "json-syntax", property_text('"code": 007')),
    BadFile("brackets 100,000 deep", "json-depth", raw("[" * 100_000)),
    BadFile("property 500 deep", "value-depth", raw(deep(500))),
    BadFile("GBK", "encoding-unknown", raw(_WHOLE.encode("gbk"))),
    BadFile("UTF-16", "encoding-utf-16", raw(_WHOLE.encode("utf-16"))),
    BadFile("told UTF-16, is UTF-8", "encoding-wrong", raw(_WHOLE + " "), {"encoding": "big5"}),
    BadFile("key twice", "key-twice", property_text('"name": 1, "name": 2')),
    BadFile("key twice inside", "key-twice", property_text('"a": {"b": 1, "b": 2}')),
    BadFile("features twice", "key-twice", raw(_WHOLE[:-1] + ', "features": []}')),
    BadFile("NaN", "number-not-finite", property_text('"value": NaN')),
    BadFile("Infinity in a list", "number-not-finite", property_text('"value": [1, -Infinity]')),
    BadFile("1e999", "number-not-finite", property_text('"value": 1e999')),
    BadFile("integer of 30 digits", "number-too-big", property_text(f'"code": {"9" * 30}')),
    BadFile("integer of 2^63", "number-too-big", property_text(f'"code": {2**63}')),
    BadFile("integer of 10,000 digits", "number-too-big", property_text('"c": ' + "9" * 10_000)),
    BadFile("lone surrogate", "character-not-allowed", property_text('"name": "\\ud83d"')),
    BadFile("NUL", "character-not-allowed", property_text('"name": "a\\u0000b"')),
    BadFile("NUL in a name", "character-not-allowed", property_text('"a\\u0000b": 1')),
    BadFile("501 fields", "fields-too-many", geojson(feature(**{f"f{i}": i for i in range(501)}))),
    BadFile("a list", "geojson-collection", raw("[1, 2]")),
    BadFile("a lone feature", "geojson-collection", raw(json.dumps(feature()))),
    BadFile("type in lower case", "geojson-collection", raw('{"type": "featurecollection"}')),
    BadFile("topology", "geojson-collection", raw('{"type": "Topology", "objects": {}}')),
    BadFile("no features", "geojson-features", raw('{"type": "FeatureCollection"}')),
    BadFile(
        "features no list", "geojson-features", raw('{"type":"FeatureCollection","features":{}}')
    ),
    BadFile("a number among features", "geojson-feature", geojson(feature(), 7)),
    BadFile("geometry among features", "geojson-feature", geojson(polygon())),
    BadFile("no geometry member", "geojson-member", geojson({"type": "Feature", "properties": {}})),
    BadFile("no properties", "geojson-member", geojson({"type": "Feature", "geometry": None})),
    BadFile("id is a list", "geojson-id", geojson({**feature(), "id": ["P01"]})),
    BadFile("crs in metres", "geojson-crs", geojson(feature(), crs=_CRS)),
    BadFile("crs by address", "geojson-crs", geojson(feature(), crs=_LINK)),
    BadFile("unknown --crs", "crs-unknown", geojson(feature()), {"crs": "EPSG:999999"}),
    BadFile("--crs is a PROJ string", "crs-unknown", geojson(feature()), {"crs": "+proj=longlat"}),
    BadFile("unknown type", "geometry-type-unknown", shape("Circle", [120.3, 31.68])),
    BadFile("type in lower case", "geometry-type-unknown", shape("polygon", [SQUARE])),
    BadFile(
        "collection in a collection", "geometry-type-unknown", geojson(feature(_NESTED_COLLECTION))
    ),
    BadFile("no coordinates", "coordinates-malformed", geojson(feature({"type": "Point"}))),
    BadFile("one level too few", "coordinates-malformed", shape("Polygon", [120.3, 31.68])),
    BadFile("one level too many", "coordinates-malformed", shape("Polygon", [[SQUARE]])),
    BadFile("one number", "position-malformed", shape("Point", [120.3])),
    BadFile("four numbers", "position-malformed", shape("Point", [120.3, 31.68, 1, 2])),
    BadFile("numbers as texts", "position-malformed", shape("Point", ["120.3", "31.68"])),
    BadFile("true as a number", "position-malformed", shape("Point", [True, 31.68])),
    BadFile("null as a number", "position-malformed", ring([120.3, None], *SQUARE)),
    BadFile("NaN in a position", "position-not-finite", raw(_WHOLE.replace("31.69", "NaN"))),
    BadFile("1e400 in a position", "position-not-finite", raw(_WHOLE.replace("31.69", "1e400"))),
    BadFile("axes swapped", "axes-swapped", ring(*moved(SQUARE, lambda x, y: [y, x]))),
    BadFile(
        "longitude 200", "position-out-of-range", ring(*moved(SQUARE, lambda x, y: [x + 80, y]))
    ),
    BadFile(
        "latitude 100", "position-out-of-range", ring(*moved(SQUARE, lambda x, y: [x, y + 69]))
    ),
    BadFile("metres of EPSG:4549", "crs-wrong", metres(528_000, 3_506_000)),
    BadFile("metres of EPSG:4528", "crs-wrong", metres(40_528_000, 3_506_000)),
    BadFile("metres of EPSG:3857", "crs-wrong", metres(13_391_000, 3_721_000)),
    BadFile("line of one vertex", "line-too-short", shape("LineString", SQUARE[:1])),
    BadFile("ring of two vertices", "ring-too-short", ring(*SQUARE[:2])),
    BadFile("ring of none", "ring-too-short", shape("Polygon", [[]])),
    BadFile("a million vertices", "geometry-too-large", large_ring(1_000_001)),
    BadFile("an empty line", "geometry-empty", shape("LineString", [])),
    BadFile("no features in it", "layer-empty", geojson()),
    BadFile("lines among polygons", "geometry-type", shape("LineString", SQUARE)),
    BadFile("out of the zone", "out-of-bounds", ring(*moved(SQUARE, lambda x, y: [x - 4, y + 8]))),
    BadFile(
        "bow tie", "geometry-invalid", ring(SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0])
    ),
    BadFile(
        "hole outside",
        "geometry-invalid",
        shape("Polygon", [SQUARE, moved(SQUARE, lambda x, y: [x + 0.02, y])]),
    ),
    BadFile("no area", "geometry-invalid", ring(SQUARE[0], SQUARE[1], SQUARE[0], SQUARE[0])),
    BadFile(
        "over the antimeridian",
        "out-of-bounds",
        ring([179.9, 31], [-179.9, 31], [-179.9, 32], [179.9, 32], [179.9, 31]),
    ),
)

# ---------------------------------------------------------------- other types

_VRT = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>'
OTHERS = (
    BadFile("VRT called GeoJSON", "file-type", raw(_VRT)),
    BadFile("GDALG called GeoJSON", "geojson-collection", raw('{"type": "gdal_streamed_alg"}')),
    BadFile("noise", "file-type", raw(bytes(range(7, 32)) * 40, "a.shp")),
)


# ---------------------------------------------------------------- Shapefile


def frame(**columns: Any) -> gpd.GeoDataFrame:
    squares = [shapely.box(x, 3_506_000, x + 90, 3_506_090) for x in (528_000, 529_000, 530_000)]
    data = columns or {"name": list(NAMES), "code": ["007", "008", None], "count": [1, 2, 3]}
    return gpd.GeoDataFrame(data, geometry=squares, crs=METRIC)


def write_shapefile(folder: Path, data: gpd.GeoDataFrame | None = None, **options: Any) -> Path:
    path = folder / "layer.shp"
    (frame() if data is None else data).to_file(path, **{"encoding": "UTF-8", **options})
    return path


def table(fields: Iterable[tuple[str, str, int, int]], *rows: Iterable[bytes]) -> bytes:
    """Write a dBASE table from names, types, widths and decimals, and the bytes of each cell."""
    columns, cells = list(fields), [list(row) for row in rows]
    width = 1 + sum(size for _, _, size, _ in columns)
    head = struct.pack("<B3xIHH20x", 3, len(cells), 33 + 32 * len(columns), width)
    for name, kind, size, decimals in columns:
        head += struct.pack("<11sc4xBB14x", name.encode(), kind.encode(), size, decimals)
    body = b"".join(
        b" "
        + b"".join(cell.ljust(size) for cell, (_, _, size, _) in zip(row, columns, strict=True))
        for row in cells
    )
    return head + b"\r" + body + b"\x1a"


def changed(**parts: Callable[[bytes], bytes | None]) -> Make:
    """Make a Shapefile and change the bytes of some of its parts; None removes the part."""

    def make(folder: Path) -> Path:
        path = write_shapefile(folder)
        for suffix, change in parts.items():
            part = path.with_suffix(f".{suffix}")
            content = change(part.read_bytes())
            part.unlink()
            if content is not None:
                part.write_bytes(content)
        return path

    return make


def without(*suffixes: str) -> Make:
    return changed(**dict.fromkeys(suffixes, lambda content: None))


def in_gbk(cpg: str | None) -> Make:
    def make(folder: Path) -> Path:
        path = write_shapefile(folder, encoding="GBK")
        path.with_suffix(".cpg").unlink()
        if cpg is not None:
            path.with_suffix(".cpg").write_text(cpg)
        return path

    return make


def with_count(count: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:4] + struct.pack("<I", count) + content[8:]


def _huge_count(content: bytes) -> bytes:
    """Let the first polygon say that it has two thousand million vertices."""
    return content[:148] + struct.pack("<ii", 1, 2_000_000_000) + content[156:]


SHAPEFILES = (
    BadFile("no .dbf", "shapefile-parts", without("dbf")),
    BadFile("no .shx", "shapefile-parts", without("shx")),
    BadFile("no .prj", "crs-missing", without("prj")),
    BadFile("empty .prj", "crs-missing", changed(prj=lambda content: b" ")),
    BadFile("nonsense in .prj", "crs-unknown", changed(prj=lambda content: b"PROJCS[oops")),
    BadFile("address in .prj", "crs-unknown", changed(prj=lambda content: b"http://127.0.0.1:9/")),
    BadFile(
        "local .prj",
        "crs-unfit",
        changed(
            prj=lambda content: b'LOCAL_CS["x",LOCAL_DATUM["y",0],UNIT["metre",1],AXIS["E",EAST]]'
        ),
    ),
    BadFile("GBK without .cpg", "encoding-unknown", in_gbk(None)),
    BadFile("UTF-8 without .cpg", "encoding-unknown", without("cpg")),
    BadFile("GBK, .cpg says UTF-8", "encoding-unknown", in_gbk("UTF-8")),
    BadFile("GBK, .cpg says Latin 1", "encoding-unknown", in_gbk("ISO-8859-1")),
    BadFile("GBK, told UTF-8", "encoding-wrong", in_gbk(None), {"encoding": "utf-8"}),
    BadFile("told Klingon", "encoding-wrong", in_gbk(None), {"encoding": "klingon"}),
    BadFile("cut .shp", "file-damaged", changed(shp=lambda content: content[:-20])),
    BadFile(".shp of a header", "file-damaged", changed(shp=lambda content: content[:60])),
    BadFile("surplus in .shp", "file-damaged", changed(shp=lambda content: content + b"\0" * 8)),
    BadFile("cut .shx", "shapefile-counts", changed(shx=lambda content: content[:-8])),
    BadFile(
        ".shx in another order",
        "file-damaged",
        changed(shx=lambda content: content[:100] + content[108:] + content[100:108]),
    ),
    BadFile("cut .dbf", "file-damaged", changed(dbf=lambda content: content[:-40])),
    BadFile(".dbf of ten bytes", "file-damaged", changed(dbf=lambda content: content[:10])),
    BadFile("row too few in .dbf", "shapefile-counts", changed(dbf=with_count(2))),
    BadFile("4,000 million rows", "file-damaged", changed(dbf=with_count(4_000_000_000))),
    BadFile("2,000 million vertices", "geometry-unreadable", changed(shp=_huge_count)),
    BadFile(
        "solid shapes",
        "shapefile-type",
        changed(shp=lambda content: content[:32] + struct.pack("<i", 31) + content[36:]),
    ),
    BadFile(
        "letters in a number",
        "value-unreadable",
        changed(dbf=lambda content: content[:-2] + b"x\x1a"),
    ),
)


# ---------------------------------------------------------------- archives


def packed(change: Callable[[zipfile.ZipFile, Path], None], folder_name: str = "") -> Make:
    def make(folder: Path) -> Path:
        inside = folder / "inside"
        inside.mkdir()
        write_shapefile(inside)
        path = folder / "layer.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(inside.iterdir()):
                archive.write(part, folder_name + part.name)
            change(archive, inside)
        shutil.rmtree(inside)
        return path

    return make


def added(name: str, content: bytes = b"x", mode: int = 0) -> Make:
    def change(archive: zipfile.ZipFile, inside: Path) -> None:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, content, zipfile.ZIP_DEFLATED)

    return packed(change)


def _second_set(archive: zipfile.ZipFile, inside: Path) -> None:
    for part in sorted(inside.iterdir()):
        archive.write(part, f"other{part.suffix}")


def _many_members(archive: zipfile.ZipFile, inside: Path) -> None:
    for number in range(300):
        archive.writestr(f"{number}.txt", b"")


def damaged_zip(change: Callable[[bytes], bytes]) -> Make:
    make = packed(lambda archive, inside: None)

    def damage(folder: Path) -> Path:
        path = make(folder)
        path.write_bytes(change(path.read_bytes()))
        return path

    return damage


def _encrypted(content: bytes) -> bytes:
    """Set the bit of encryption in every entry of the directory."""
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content = content[: at + 8] + b"\x01" + content[at + 9 :]
        at = content.find(b"PK\x01\x02", at + 4)
    return content


def bomb(folder: Path) -> Path:
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", b"\0" * 60_000_000)
    return path


ARCHIVES = (
    BadFile("two Shapefiles", "shapefile-sets", packed(_second_set)),
    BadFile("no Shapefile", "shapefile-sets", damaged_zip(lambda content: _zip_of("a.txt"))),
    BadFile("member above", "archive-member", added("../evil.prj")),
    BadFile("absolute member", "archive-member", added("/etc/evil.prj")),
    BadFile("drive letter", "archive-member", added("C:\\evil.prj")),
    BadFile("link", "archive-member", added("evil.prj", b"/etc/passwd", stat.S_IFLNK | 0o777)),
    BadFile("archive in it", "archive-member", added("more.zip")),
    BadFile("member twice", "archive-member", added("LAYER.prj")),
    BadFile("encrypted", "archive-member", damaged_zip(_encrypted)),
    BadFile("300 members", "archive-members", packed(_many_members)),
    BadFile("bomb", "archive-inflates", bomb),
    BadFile("cut zip", "file-damaged", damaged_zip(lambda content: content[:-30])),
    BadFile(
        "changed byte",
        "file-damaged",
        damaged_zip(lambda content: content[:41] + bytes([content[41] ^ 0xFF]) + content[42:]),
    ),
    BadFile(
        "zip without .prj",
        "crs-missing",
        damaged_zip(lambda content: _repacked(content, lambda name: not name.endswith(".prj"))),
    ),
)


def _zip_of(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return buffer.getvalue()


def _repacked(content: bytes, keep: Callable[[str], bool]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in filter(keep, old.namelist()):
            new.writestr(name, old.read(name))
    return buffer.getvalue()


# ---------------------------------------------------------------- GeoPackage


def write_geopackage(folder: Path, data: gpd.GeoDataFrame | None = None, **options: Any) -> Path:
    path = folder / "layer.gpkg"
    (frame() if data is None else data).to_file(path, driver="GPKG", **options)
    return path


def with_sql(*statements: str, index: str = "YES") -> Make:
    def make(folder: Path) -> Path:
        path = write_geopackage(folder, SPATIAL_INDEX=index)
        with closing(sqlite3.connect(path)) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()
        return path

    return make


def with_blob(blob: bytes) -> Make:
    """Replace the first geometry; triggers of the spatial index are taken away before."""

    def make(folder: Path) -> Path:
        path = write_geopackage(folder, SPATIAL_INDEX="NO")
        with closing(sqlite3.connect(path)) as database:
            database.execute("UPDATE layer SET geom = ? WHERE fid = 1", (blob,))
            database.commit()
        return path

    return make


def _damage_pages(folder: Path) -> Path:
    path = write_geopackage(folder)
    content = bytearray(path.read_bytes())
    content[4096:40_000] = b"\xa5" * (40_000 - 4096)
    path.write_bytes(content)
    return path


def _second_layer(folder: Path) -> Path:
    path = write_geopackage(folder)
    frame().to_file(path, driver="GPKG", layer="other")
    return path


def _open_elsewhere(folder: Path) -> Path:
    path = write_geopackage(folder)
    path.with_name("layer.gpkg-wal").write_bytes(b"x" * 100)
    return path


def _plain_database(folder: Path) -> Path:
    path = folder / "plain.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE roads (id TEXT)")
        database.commit()
    return path


_BLOB_HEADER = b"GP\x00\x01" + struct.pack("<i", 4549)
_NESTED_BLOB = _BLOB_HEADER + (b"\x01" + struct.pack("<II", 7, 1)) * 100_000
_HUGE_BLOB = _BLOB_HEADER + b"\x01" + struct.pack("<II", 2, 0xFFFFFFFF)
_ARC_BLOB = _BLOB_HEADER + b"\x01" + struct.pack("<II4d", 8, 2, 0, 0, 1, 1)
_OPEN_RING = _BLOB_HEADER + b"\x01" + struct.pack("<III8d", 3, 1, 4, 0, 0, 1, 0, 1, 1, 0, 1)

GEOPACKAGES = (
    BadFile("SQLite, no GeoPackage", "geopackage-none", _plain_database),
    BadFile("two layers", "layers-several", _second_layer),
    BadFile("no layer", "layers-none", with_sql("DELETE FROM gpkg_contents")),
    BadFile("a view", "geopackage-parts", with_sql("CREATE VIEW v AS SELECT * FROM layer")),
    BadFile(
        "layer is a view",
        "geopackage-parts",
        with_sql("ALTER TABLE layer RENAME TO real", "CREATE VIEW layer AS SELECT * FROM real"),
    ),
    BadFile(
        "a trigger",
        "geopackage-parts",
        with_sql("CREATE TRIGGER t AFTER INSERT ON layer BEGIN DELETE FROM layer; END"),
    ),
    BadFile(
        "a virtual table",
        "geopackage-parts",
        with_sql("CREATE VIRTUAL TABLE words USING fts5(word)"),
    ),
    BadFile("no CRS", "crs-missing", with_sql("UPDATE gpkg_geometry_columns SET srs_id = 0")),
    BadFile(
        "unknown CRS",
        "crs-unknown",
        with_sql(
            "UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = 999999 WHERE srs_id = 4549"
        ),
    ),
    BadFile(
        "address for a CRS",
        "crs-unknown",
        with_sql(
            "UPDATE gpkg_spatial_ref_sys SET organization = 'x', definition = 'http://127.0.0.1:9/'"
            " WHERE srs_id = 4549"
        ),
    ),
    BadFile("index without entries", "geopackage-index", with_sql("DELETE FROM rtree_layer_geom")),
    BadFile("changes beside it", "geopackage-open", _open_elsewhere),
    BadFile("damaged pages", "file-damaged", _damage_pages),
    BadFile("header alone", "file-damaged", raw(b"SQLite format 3\x00" + b"\0" * 200, "a.gpkg")),
    BadFile("no blob", "geometry-unreadable", with_blob(b"POINT (1 2)")),
    BadFile("cut blob", "geometry-unreadable", with_blob(_ARC_BLOB[:14])),
    BadFile("arc", "geometry-unreadable", with_blob(_ARC_BLOB)),
    BadFile("blob 100,000 deep", "geometry-unreadable", with_blob(_NESTED_BLOB)),
    BadFile("4,000 million vertices in a blob", "geometry-unreadable", with_blob(_HUGE_BLOB)),
    BadFile("open ring in a blob", "geometry-unreadable", with_blob(_OPEN_RING)),
    BadFile(
        "text that is no UTF-8",
        "character-not-allowed",
        with_sql("UPDATE layer SET name = CAST(x'b7efcfe8' AS TEXT) WHERE fid = 1", index="NO"),
    ),
)

CASES = (*GEOJSON, *OTHERS, *SHAPEFILES, *ARCHIVES, *GEOPACKAGES)
