"""The one door for foreign files: told apart by their content, each given to one reader."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from geo import limits
from geo.crs import known_crs
from geo.errors import InputError, shown
from geo.files import archive, kinds, looking, shapeparts
from geo.files.looking import Look
from geo.files.reading import Asked, Content, Reading, refused
from geo.types import Text


@dataclass(frozen=True)
class Source:
    """A file as it lay there.

    Attributes
    ----------
    name
        Its name without its folder, for people.
    path
        Where it lies.
    content
        Its bytes; of a database, which is read where it lies, only the first.
    beside
        Of a Shapefile, the bytes of its other parts by suffix.
    unmerged
        Of a GeoPackage, whether changes lie in a file beside it.
    size_bytes, sha256
        Of all parts together, those beside in the order of their suffixes.
    """

    name: str
    path: Path
    content: bytes
    beside: Mapping[str, bytes]
    unmerged: bool
    size_bytes: int
    sha256: str

    @property
    def read_in_place(self) -> tuple[Path, ...]:
        """What is still to be read from the disk."""
        return (self.path,) if self.content.startswith(_DATABASE) else ()


_GEOJSON = "GeoJSON"
_SHAPEFILE = "ESRI Shapefile"
_GEOPACKAGE = "GPKG"
_FLATGEOBUF = "FlatGeobuf"
_KML = "KML"
_CSV = "CSV"
_XLSX = "XLSX"
_DXF = "DXF"
_SHP = b"\x00\x00\x27\x0a"
_DATABASE = b"SQLite format 3\x00"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")

#: First bytes of the types that are read; archives are told apart by what is in them.
_SIGNATURES: Mapping[bytes, str] = MappingProxyType(
    {_DATABASE: _GEOPACKAGE, _SHP: _SHAPEFILE, b"fgb\x03fgb": _FLATGEOBUF}
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: Beginnings of the texts that are read, in this order.
_TEXTS: Mapping[re.Pattern[bytes], str] = MappingProxyType(
    {
        re.compile(rb"[\[{]"): _GEOJSON,
        re.compile(
            rb"(<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->|\s)*<(\w+:)?kml[\s>/]", re.DOTALL
        ): _KML,
        re.compile(rb"(<\?xml[^>]{0,200}\?>\s*)?<!DOCTYPE\s+(\w+:)?kml\b", re.IGNORECASE): _KML,
        re.compile(rb"(999[ \t]*\r?\n[^\n]*\n\s*)*0[ \t]*\r?\n[ \t]*SECTION\b"): _DXF,
        # Nothing that begins like another type; some separator, and no control characters.
        re.compile(rb"(?!<|%PDF|PAR1|AC10|AutoCAD Binary)[^\x00-\x08\x0e-\x1f]*?[,;\t|]"): _CSV,
    }
)
_BEGINNING = 8192
_PIECE = 1 << 20
#: What other files are called, by their beginning.
_OTHERS: Mapping[re.Pattern[bytes], Text] = MappingProxyType(
    {
        re.compile(rb"<"): Text(zh=" GML、网页等 XML ", en="An XML file that is no KML (GML, …)"),
        re.compile(rb"AutoCAD Binary DXF"): Text(zh="二进制 DXF ", en="A binary DXF drawing"),
        re.compile(rb"AC10"): Text(zh=" DWG ", en="A DWG drawing"),
        re.compile(rb"PAR1"): Text(zh=" Parquet ", en="A Parquet file"),
        re.compile(rb"%PDF"): Text(zh=" PDF ", en="A PDF file"),
        re.compile(rb"\xd0\xcf\x11\xe0"): Text(
            zh="旧式（.xls）或加密的 Excel ", en="An old (.xls) or encrypted workbook"
        ),
    }
)
_UNKNOWN = Text(zh="这种", en="A file of this kind")
_BLANK = b"\xef\xbb\xbf \t\r\n"


def read(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    swapped: bool = False,
    columns: Sequence[str] | None = None,
) -> Reading:
    """Read a file of one of :data:`DRIVERS`.

    The type is told by the content, never by the name, and only these readers see the file.

    Parameters
    ----------
    path
        The file. Of a Shapefile the ``.shp``, the other parts beside it.
    crs
        EPSG code where the file does not say its CRS.
    encoding
        Encoding of its texts where the file does not say it, e.g. ``gbk``.
    layer
        Which one of a file of several layers: a table, a sheet, a layer of a drawing.
    swapped
        Exchange the two numbers of each position before anything else is thought of them.
    columns
        Of a table: the columns of x and y, or the one that holds the geometry as WKT or GeoJSON.

    Returns
    -------
    Reading
        What is wrong with the content stands in its problems; it is not raised.

    Raises
    ------
    InputError
        There is no such file, or it cannot be opened.
    CrsError
        ``crs`` is not a known code.
    """
    asked = Asked(crs, encoding, layer, swapped, tuple(columns or ()))
    return reading(source_of(path), asked)


def look(path: Path, *, encoding: str | None = None, layer: str | None = None) -> Look:
    """Take a first look at a file: what it holds, as far as it can be told without asking.

    Parameters
    ----------
    path, encoding, layer
        As in :func:`read`.

    Raises
    ------
    InputError
        There is no such file, or it cannot be opened.
    """
    return looked(source_of(path), Asked(encoding=encoding, layer=layer, looking=True))


def source_of(path: Path) -> Source:
    """Take up the bytes of a file, and of what belongs to it; nothing of them is read yet."""
    try:
        if not path.is_file():
            raise InputError(kinds.NO_FILE.at(name=path.name))
        digest = hashlib.sha256()
        with path.open("rb") as file:
            content, size = _taken(file, digest.update)
        beside = shapeparts.beside(path) if content.startswith(_SHP) else {}
        for suffix in sorted(beside):
            digest.update(beside[suffix])
        log = path.with_name(f"{path.name}-wal")
        return Source(
            name=shown(path.name),
            path=path,
            content=content,
            beside=beside,
            unmerged=log.is_file() and log.stat().st_size > 0,
            size_bytes=size + sum(map(len, beside.values())),
            sha256=digest.hexdigest(),
        )
    except OSError:
        raise InputError(kinds.UNREADABLE.at(name=path.name)) from None


def _taken(file: BinaryIO, seen: Callable[[bytes], object]) -> tuple[bytes, int]:
    """The bytes of a file, of a database only the first, and how many it has; no more than fit."""
    content = file.read(min(_BEGINNING, limits.FILE_BYTES + 1))
    if not content.startswith(_DATABASE):
        content += file.read(limits.FILE_BYTES + 1 - len(content))
        seen(content)
        return content, len(content)
    seen(content)
    size = len(content)
    while size <= limits.FILE_BYTES and (more := file.read(_PIECE)):
        seen(more)
        size += len(more)
    return content, size


def reading(source: Source, asked: Asked) -> Reading:
    """Read what was taken up."""
    found = content_of(source, asked)
    return Reading(
        frame=None if found.table is None else found.table.frame(),
        problems=tuple(found.problems),
        name=source.name,
        size_bytes=source.size_bytes,
        sha256=source.sha256,
        rows=found.rows,
        driver=driver_of(source.content),
    )


def looked(source: Source, asked: Asked) -> Look:
    """Look at what was taken up."""
    return looking.seen(
        content_of(source, asked),
        name=source.name,
        size_bytes=source.size_bytes,
        sha256=source.sha256,
        driver=driver_of(source.content),
    )


def content_of(source: Source, asked: Asked) -> Content:
    """Give a file to the one reader of its type."""
    if asked.crs is not None:
        known_crs(asked.crs)
    found = _too_large_or_empty(source)
    if found is not None:
        return found
    driver = driver_of(source.content)
    return _READERS[driver](source, asked) if driver else _refuse_type(source.content)


def driver_of(content: bytes) -> str:
    """Name the type of a file by what stands in it; empty when it is not read."""
    for signature, driver in _SIGNATURES.items():
        if content.startswith(signature):
            return driver
    if content.startswith(_ZIP):
        return _driver_of_archive(content)
    start = content[:_BEGINNING].lstrip(_BLANK)
    if content.startswith(_UTF16):
        start = content[: _BEGINNING // 2 * 2].decode("utf-16", "ignore").lstrip().encode()
    return next((driver for begins, driver in _TEXTS.items() if begins.match(start)), "")


def _driver_of_archive(content: bytes) -> str:
    suffixes = archive.suffixes(content)
    if ".kml" in suffixes:
        return _KML
    return _XLSX if archive.WORKBOOK in suffixes else _SHAPEFILE


def _too_large_or_empty(source: Source) -> Content | None:
    if not source.content:
        return refused(kinds.NOTHING_IN_IT.at())
    if source.size_bytes - sum(map(len, source.beside.values())) > limits.FILE_BYTES:
        limit = limits.FILE_BYTES // 1_000_000
        return refused(kinds.TOO_LARGE.at(size=f">{limit}", limit=limit))
    return None


def _refuse_type(content: bytes) -> Content:
    start = content[:_BEGINNING].lstrip(_BLANK)
    found = next((name for start_of, name in _OTHERS.items() if start_of.match(start)), _UNKNOWN)
    return refused(kinds.NOT_READ.at(found=found))


def _read_geojson(source: Source, asked: Asked) -> Content:
    from geo.files import geojson

    return geojson.read(source.content, asked)


def _read_shapefile(source: Source, asked: Asked) -> Content:
    from geo.files import shapefile

    if source.content.startswith(_SHP):
        return shapefile.read({**source.beside, ".shp": source.content}, asked)
    packed = shapeparts.packed(source.content, asked)
    if isinstance(packed, list):
        return refused(*packed)
    found = shapefile.read(packed.parts, asked)
    layer = packed.layer if packed.layers else None
    return replace(found, layers=packed.layers, layer=layer)


def _read_geopackage(source: Source, asked: Asked) -> Content:
    from geo.files import geopackage

    return geopackage.read(source.path, asked, unmerged=source.unmerged)


def _read_flatgeobuf(source: Source, asked: Asked) -> Content:
    from geo.files import flatgeobuf

    return flatgeobuf.read(source.content, asked)


def _read_kml(source: Source, asked: Asked) -> Content:
    from geo.files import kml

    return kml.read(source.content, asked)


def _read_csv(source: Source, asked: Asked) -> Content:
    from geo.files import delimited

    return delimited.read(source.content, asked)


def _read_xlsx(source: Source, asked: Asked) -> Content:
    from geo.files import workbook

    return workbook.read(source.content, asked)


def _read_dxf(source: Source, asked: Asked) -> Content:
    from geo.files import dxf

    return dxf.read(source.content, asked)


_READERS: Mapping[str, Callable[[Source, Asked], Content]] = MappingProxyType(
    {
        _GEOJSON: _read_geojson,
        _SHAPEFILE: _read_shapefile,
        _GEOPACKAGE: _read_geopackage,
        _FLATGEOBUF: _read_flatgeobuf,
        _KML: _read_kml,
        _CSV: _read_csv,
        _XLSX: _read_xlsx,
        _DXF: _read_dxf,
    }
)
#: The types of files that are read.
DRIVERS = tuple(_READERS)
